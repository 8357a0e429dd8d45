import type { Connection, PeerId } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Refusals } from "../refusals.ts";
import type { ContentHost, ContentPeers } from "./host.ts";
import { ContentLink } from "./link.ts";
import { refuse } from "./server.ts";
import { CONTENT_PROTOCOL } from "./wire.ts";
import { withSignal } from "./with-signal.ts";

export interface LinksOptions {
  readonly libp2p: ContentHost;
  readonly peers: ContentPeers;
  readonly refusals: Refusals;
  readonly onLack: () => void;
}

/** The asking streams of this node: one to each peer, opened when it is needed and kept. */
export class ContentLinks {
  readonly #libp2p: ContentHost;
  readonly #peers: ContentPeers;
  readonly #refusals: Refusals;
  readonly #onLack: () => void;
  readonly #links = new Map<string, ContentLink>();
  readonly #opening = new Map<string, Promise<ContentLink>>();
  /** Connections whose peer does not speak the protocol. */
  readonly #mute = new WeakSet<Connection>();
  readonly #stopped = new AbortController();

  constructor({ libp2p, peers, refusals, onLack }: LinksOptions) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#refusals = refusals;
    this.#onLack = onLack;
  }

  stop(): void {
    this.#stopped.abort();
    for (const link of this.#links.values()) link.end(failure("aborted", "The node stops"));
  }

  /** Peers that may hold something. */
  peers(): readonly PeerId[] {
    return this.#peers.connected().filter((peer) => {
      const connection = this.#peers.best(peer);
      return connection !== undefined && !this.#mute.has(connection);
    });
  }

  /** Who is linked does not hold what is looked for: others may. */
  lack(): void {
    this.#onLack();
  }

  /** Hears of peers that connect; returns stop. */
  onPeer(listener: () => void): () => void {
    this.#libp2p.addEventListener("peer:identify", listener);
    return () => this.#libp2p.removeEventListener("peer:identify", listener);
  }

  /** The link that is open now. */
  openTo(peer: PeerId): ContentLink | undefined {
    const link = this.#links.get(peer.toString());
    return link?.isOpen === true ? link : undefined;
  }

  /** Errors: those of opening a stream. */
  async to(peer: PeerId): Promise<ContentLink> {
    const open = this.openTo(peer);
    if (open !== undefined) return open;
    const key = peer.toString();
    const opening = this.#opening.get(key) ?? this.#open(peer).finally(() => this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  /** Those of the CIDs that this peer says it holds; in questions of LIMITS.contentCidsAsked. Errors: of opening, silent, aborted. */
  async whatHolds(peer: PeerId, cids: readonly CID[], signal: AbortSignal): Promise<readonly CID[]> {
    const link = await withSignal(this.to(peer), signal);
    const held: CID[] = [];
    for (let from = 0; from < cids.length; from += LIMITS.contentCidsAsked) {
      const asked = cids.slice(from, from + LIMITS.contentCidsAsked);
      const holds = await withSignal(link.have(asked), signal);
      held.push(...asked.filter((_, index) => holds[index] === true));
    }
    return held;
  }

  /** Counts what the peer did wrong. */
  refuse(peer: PeerId, thrown: unknown): void {
    refuse(this.#refusals, peer, thrown);
  }

  async #open(peer: PeerId): Promise<ContentLink> {
    const connection = this.#peers.best(peer);
    if (connection === undefined) throw failure("not-connected", "This peer is not connected");
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(OPEN_MS)]);
    const stream = await connection
      .newStream(CONTENT_PROTOCOL, { runOnLimitedConnection: true, maxOutboundStreams: 2, signal })
      .catch((thrown: unknown) => {
        if (thrown instanceof Error && thrown.name === "UnsupportedProtocolError") this.#mute.add(connection);
        throw thrown;
      });
    const key = peer.toString();
    const link = new ContentLink(
      stream,
      () => performance.now(),
      (reason) => {
        if (this.#links.get(key) === link) this.#links.delete(key);
        this.refuse(peer, reason);
      },
    );
    this.#links.set(key, link);
    return link;
  }
}

const OPEN_MS = 10_000;
