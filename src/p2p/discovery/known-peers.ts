import { equalBytes } from "../../core/bytes.ts";
import type { Announcement } from "./announcement.ts";

/** Nodes say where they are at least this often; what was not repeated for some times as long is no longer true. */
export const ANNOUNCED_LIFE_MS = 3 * 60_000;

/** An announcement as it came, for others who ask. */
export interface KnownAnnouncement {
  readonly announcement: Announcement;
  readonly bytes: Uint8Array;
  readonly heardAtMs: number;
}

/** The newest announcement of each peer that was heard lately. Bounded: what was heard longest ago goes first. */
export class KnownPeers {
  readonly #limit: number;
  readonly #nowMs: () => number;
  /** By network and peer; heard longest ago first. */
  readonly #known = new Map<string, KnownAnnouncement>();

  constructor(limit: number, nowMs: () => number = Date.now) {
    this.#limit = limit;
    this.#nowMs = nowMs;
  }

  /**
   * `ageMs`: how long ago the peer said it, as far as is known: what is only handed on grows old all the same. Returns
   * false for what is older than what is known, too old, or known in other bytes.
   */
  learn(announcement: Announcement, bytes: Uint8Array, ageMs = 0): boolean {
    const { network, peer, sequence } = announcement;
    const key = keyOf(network, peer);
    const known = this.#known.get(key);
    if (ageMs >= ANNOUNCED_LIFE_MS) return false;
    if (known !== undefined && known.announcement.sequence > sequence) return false;
    // The same said in other bytes is nobody's: a record has more than one encoding.
    if (known?.announcement.sequence === sequence) return equalBytes(known.bytes, bytes);
    this.#known.delete(key);
    this.#known.set(key, { announcement, bytes, heardAtMs: this.#nowMs() - ageMs });
    this.#forget();
    return true;
  }

  of(network: string, peer: string): Announcement | undefined {
    this.#forget();
    return this.#known.get(keyOf(network, peer))?.announcement;
  }

  /** Those of one network, heard last first. */
  list(network: string): readonly KnownAnnouncement[] {
    this.#forget();
    return [...this.#known.values()]
      .filter(({ announcement }) => announcement.network === network)
      .sort((a, b) => b.heardAtMs - a.heardAtMs);
  }

  #forget(): void {
    const sinceMs = this.#nowMs() - ANNOUNCED_LIFE_MS;
    for (const [key, { heardAtMs }] of this.#known) {
      if (heardAtMs > sinceMs && this.#known.size <= this.#limit) continue;
      this.#known.delete(key);
    }
  }
}

/** A peer id has no space in it. */
function keyOf(network: string, peer: string): string {
  return `${peer} ${network}`;
}
