import { LIMITS } from "../core/limits.ts";

/** Links that a node makes by its own choice; those that others make with it come on top. */
const CHOSEN_LINKS = 6;
/** What none of the linked peers holds is looked for among so many more, and more again: a fetch has 20 s. */
const MORE_LINKS = 8;
const MORE_EVERY_MS = 4_000;
/** Who lacks nothing for so long goes back to the usual number when links end. */
const FORGET_MS = 5 * 60_000;

/**
 * How many peers this node dials. All with all would cost each page as many connections as there are nodes; with a few chosen by
 * everybody, by chance, messages reach everyone over some hops, and nobody else decides who is heard. Only what is fetched
 * comes from linked peers alone: a node that lacks something wishes for more.
 */
export class LinkWish {
  #links = CHOSEN_LINKS;
  #raisedAtMs = Number.NEGATIVE_INFINITY;
  #lackedAtMs = Number.NEGATIVE_INFINITY;

  links(nowMs: number): number {
    if (nowMs >= this.#lackedAtMs + FORGET_MS) this.#links = CHOSEN_LINKS;
    return this.#links;
  }

  /** Nobody who is linked holds what this node needs. */
  lacks(nowMs: number): void {
    const links = this.links(nowMs);
    this.#lackedAtMs = nowMs;
    if (nowMs < this.#raisedAtMs + MORE_EVERY_MS) return;
    this.#raisedAtMs = nowMs;
    this.#links = Math.min(links + MORE_LINKS, LIMITS.openRtcConnections);
  }
}
