import type { PeerId } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import { LIMITS } from "../../core/limits.ts";
import type { ContentLink } from "./link.ts";
import type { ContentLinks } from "./links.ts";

export interface Holder {
  readonly peer: PeerId;
  readonly link: ContentLink;
}

/** Blocks that one peer sends side by side: enough to fill its link while hashes are computed. */
const SLOTS = 4;
/** Of a peer that was not measured yet. */
const GUESSED_BYTES_PER_MS = 4_000;
const STALL_FACTOR = 10;
const ASK_AGAIN_MS = 500;
const ASK_AGAIN_AT_MOST_MS = 4_000;
/** The pause after which nobody is likely to hold it: 3.5 s after the first question. */
const LACKED_AFTER_MS = 2_000;

/** Looks for peers that hold one block: asks those that are connected, those that come, and all of them again. */
export class HolderSearch {
  readonly #cid: CID;
  readonly #links: ContentLinks;
  readonly #holders = new Map<string, PeerId>();
  readonly #asking = new Set<string>();
  /** Peers that do not get another chance for this block. */
  readonly #left = new Set<string>();
  readonly #stopPeers: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: () => void = () => undefined;

  constructor(cid: CID, links: ContentLinks) {
    this.#cid = cid;
    this.#links = links;
    this.#stopPeers = links.onPeer(() => this.#askAll());
    this.#askAll();
    this.#askAgain(ASK_AGAIN_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopPeers();
    this.#wake();
  }

  /** The holder that would be done first with so many bytes, of those with a free slot and not `except`. */
  best(bytes: number, except?: Holder): Holder | undefined {
    let best: { holder: Holder; ms: number } | undefined;
    for (const peer of this.#holders.values()) {
      const link = this.#links.openTo(peer);
      if (link === undefined || link === except?.link || link.transfers >= SLOTS) continue;
      // One that sends nothing is taken when there is no other.
      const ms = expectedMs(link, bytes) + STALL_FACTOR * link.meter.stalledMs;
      if (best === undefined || ms < best.ms) best = { holder: { peer, link }, ms };
    }
    return best?.holder;
  }

  /** Resolves when something changed, or after a while. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_AGAIN_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Does not have it after all, now. */
  lost({ peer }: Holder): void {
    this.#holders.delete(peer.toString());
  }

  /** Lied. */
  leave(peer: PeerId): void {
    this.#left.add(peer.toString());
    this.#holders.delete(peer.toString());
  }

  #askAgain(afterMs: number): void {
    this.#timer = setTimeout(() => {
      // Those who are linked had time to get it themselves.
      if (afterMs >= LACKED_AFTER_MS && this.#holders.size === 0) this.#links.lack();
      this.#askAll();
      this.#askAgain(Math.min(2 * afterMs, ASK_AGAIN_AT_MOST_MS));
    }, afterMs);
  }

  #askAll(): void {
    for (const peer of this.#links.peers()) {
      const key = peer.toString();
      if (this.#left.has(key) || this.#asking.has(key) || this.#holders.has(key)) continue;
      this.#asking.add(key);
      this.#ask(peer)
        .catch(() => undefined)
        .finally(() => this.#asking.delete(key));
    }
  }

  async #ask(peer: PeerId): Promise<void> {
    const link = await this.#links.to(peer);
    const [holds] = await link.have([this.#cid]);
    if (holds !== true || this.#left.has(peer.toString())) return;
    this.#holders.set(peer.toString(), peer);
    this.#wake();
  }
}

/** Time until this link would have sent what it was asked for, and so many bytes more. */
export function expectedMs(link: ContentLink, moreBytes: number): number {
  return (link.leftBytes + moreBytes) / (link.meter.bytesPerMs ?? GUESSED_BYTES_PER_MS);
}

const LOOK_AGAIN_MS = LIMITS.contentStallMs / 8;
