import type { Hash } from "../../core/primitives.ts";

const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * When to ask peers for votes on what follows a root. Nothing may have happened in an epoch, for days: then nobody has any,
 * and all ask all. So the pauses grow while the root stays and nobody is there who was not asked.
 */
export class VotesPace {
  #root: Hash | undefined;
  #asked: ReadonlySet<string> = new Set();
  #atMs = Number.NEGATIVE_INFINITY;
  #pauseMs = FIRST_PAUSE_MS;

  /** `peers`: those that would be asked now. Counts as asked when true. */
  isDue(nowMs: number, root: Hash, peers: readonly string[]): boolean {
    const isNew = root !== this.#root || peers.some((peer) => !this.#asked.has(peer));
    if (nowMs - this.#atMs < (isNew ? FIRST_PAUSE_MS : this.#pauseMs)) return false;
    this.#root = root;
    this.#asked = new Set(peers);
    this.#atMs = nowMs;
    this.#pauseMs = isNew ? FIRST_PAUSE_MS : Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    return true;
  }
}
