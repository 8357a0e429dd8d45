import type { Batch } from "../training/batch-feeds.ts";
import type { Example } from "./chat.ts";

/**
 * Examples as one batch of batch × sequence, rows filled with `padId` at the end; missing rows are padding alone.
 * Examples must not be longer than `sequence`.
 */
export function packBatch(
  examples: readonly Example[],
  { batch, sequence, padId }: { readonly batch: number; readonly sequence: number; readonly padId: number },
): Batch {
  const size = batch * sequence;
  const tokens = new BigInt64Array(size).fill(BigInt(padId));
  const targets = new BigInt64Array(size).fill(BigInt(padId));
  const mask = new Float32Array(size);
  for (const [row, example] of examples.slice(0, batch).entries()) {
    for (let column = 0; column < Math.min(sequence, example.tokens.length); column++) {
      const at = row * sequence + column;
      tokens[at] = BigInt(example.tokens[column] ?? padId);
      targets[at] = BigInt(example.targets[column] ?? padId);
      mask[at] = example.scored[column] ? 1 : 0;
    }
  }
  return { tokens, targets, mask };
}
