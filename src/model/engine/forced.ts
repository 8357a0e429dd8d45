import type { Tokenizer } from "../text/tokenizer.ts";
import { isAllowed, onlyToken, type TokenConstraint } from "./constraint.ts";

/** Tokens of forced texts by tokenizer: a schema forces the same few texts again and again. */
const spellings = new WeakMap<Tokenizer, Map<string, readonly number[]>>();
const KEPT_SPELLINGS = 4_096;

function spell(tokenizer: Tokenizer, text: string): readonly number[] {
  const known = spellings.get(tokenizer) ?? new Map<string, readonly number[]>();
  spellings.set(tokenizer, known);
  const tokens = known.get(text) ?? tokenizer.encode(text);
  if (known.size >= KEPT_SPELLINGS) known.clear();
  known.set(text, tokens);
  return tokens;
}

/**
 * Tokens about which a grammar leaves no choice, accepted: they need no forward pass of their own. Of a forced text the
 * last token is left to the model, because in the model's own spelling it may reach into what follows.
 */
export function acceptForced(tokenizer: Tokenizer, constraint: TokenConstraint, room: number): number[] {
  const tokens: number[] = [];
  const accept = (token: number): void => {
    constraint.accept(token);
    tokens.push(token);
  };
  while (tokens.length < room && !constraint.finished) {
    const before = tokens.length;
    // A vocabulary that writes a space before every text cannot spell a text in the middle of another.
    const text = tokenizer.leadingSpace ? "" : constraint.forcedText;
    for (const token of text === "" ? [] : spell(tokenizer, text).slice(0, -1)) {
      if (tokens.length >= room || !isAllowed(constraint.mask(), token)) break;
      accept(token);
    }
    if (tokens.length > before) continue;
    const only = constraint.mayEnd ? undefined : onlyToken(constraint.mask());
    if (only === undefined) break;
    accept(only);
  }
  return tokens;
}

/** The grammar's mask, with the tokens that end an answer where it may end. */
export function maskWithEnds(tokenizer: Tokenizer, constraint: TokenConstraint): Uint32Array {
  if (!constraint.mayEnd) return constraint.mask();
  const mask = Uint32Array.from(constraint.mask());
  for (const token of tokenizer.ends) mask[token >> 5] = (mask[token >> 5] ?? 0) | (1 << (token & 31));
  return mask;
}
