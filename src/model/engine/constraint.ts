/**
 * What may come next in an answer that must follow a grammar. One object an answer; `src/model/grammar/` makes them
 * from a JSON schema and a tokenizer. Special tokens are never part of the text, so the mask holds none of them: where
 * `mayEnd` is true the answer may end (with any of the chat format's special tokens).
 */
export interface TokenConstraint {
  /**
   * One bit a token: token i may come next where bit (i & 31) of word (i >> 5) is set; length ceil(vocabulary / 32).
   * The array may be used again by the next `mask` after an `accept`: read it at once.
   */
  mask(): Uint32Array;
  /** Goes on by one token of the mask. Errors: token-refused (it is not in the mask). */
  accept(token: number): void;
  /** What was accepted so far satisfies the schema. */
  readonly mayEnd: boolean;
  /** Nothing may follow any more: the answer is complete. */
  readonly finished: boolean;
  /**
   * Text that must come next whatever is chosen ("" where there is a choice): the engine appends its tokens without
   * sampling and reads them in one pass (jump-forward decoding, Zheng et al., SGLang, arXiv:2312.07104).
   */
  readonly forcedText: string;
}

export function isAllowed(mask: Uint32Array, token: number): boolean {
  return (((mask[token >> 5] ?? 0) >>> (token & 31)) & 1) === 1;
}

/** The only token that may come; undefined where there is a choice, or none. */
export function onlyToken(mask: Uint32Array): number | undefined {
  let found: number | undefined;
  for (const [index, word] of mask.entries()) {
    if (word === 0) continue;
    const bit = 31 - Math.clz32(word);
    if (found !== undefined || word >>> 0 !== 2 ** bit) return undefined;
    found = index * 32 + bit;
  }
  return found;
}
