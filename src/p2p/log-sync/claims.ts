import type { NodeId } from "../../core/primitives.ts";

/** A sync that brings nothing for so long loses its claims to others. */
const CLAIM_MS = 20_000;

/** Which sync brings which author's log now: several at once share the work instead of carrying everything twice. */
export class Claims {
  readonly #held = new Map<NodeId, { readonly by: object; readonly untilMs: number }>();

  /** False while another sync has it. */
  take(author: NodeId, by: object, nowMs = Date.now()): boolean {
    const held = this.#held.get(author);
    if (held !== undefined && held.by !== by && held.untilMs > nowMs) return false;
    this.#held.set(author, { by, untilMs: nowMs + CLAIM_MS });
    return true;
  }

  release(author: NodeId, by: object): void {
    if (this.#held.get(author)?.by === by) this.#held.delete(author);
  }

  releaseAll(by: object): void {
    for (const [author, held] of this.#held) if (held.by === by) this.#held.delete(author);
  }
}
