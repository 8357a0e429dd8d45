import type { DistillationShape } from "../../llama/distillation-graph.ts";
import { type Feeds, float32, int64 } from "../../runtime/runtime.ts";
import type { Example } from "../../text/chat.ts";

/** Which positions the student learns: `answers` as in other training, `all` also how the question goes on. */
export type Positions = "answers" | "all";

const wanted = (example: Example, column: number, positions: Positions): boolean =>
  positions === "all" || example.scored[column] === true;

/** The shape that holds any `batch` of these examples; rows are multiples of `step` tokens. */
export function distillationShape(
  examples: readonly Example[],
  {
    batch,
    step,
    positions,
  }: { readonly batch: number; readonly step: number; readonly positions: Positions },
): DistillationShape {
  const lengths = examples.map(({ tokens }) => tokens.length);
  const counts = examples.map(
    (example) => example.tokens.filter((_, column) => wanted(example, column, positions)).length,
  );
  return {
    batch,
    sequence: Math.ceil(Math.max(...lengths) / step) * step,
    scored: batch * Math.max(...counts),
  };
}

/** Inputs of the teacher's graph, and those that the student's has beside them. What is left over is padding of weight 0. */
export function packExamples(
  examples: readonly Example[],
  { batch, sequence, scored }: DistillationShape,
  { positions, padId }: { readonly positions: Positions; readonly padId: number },
): { readonly shared: Feeds; readonly student: Feeds } {
  const tokens = new BigInt64Array(batch * sequence).fill(BigInt(padId));
  const places = new BigInt64Array(scored);
  const targets = new BigInt64Array(scored);
  const mask = new Float32Array(scored);
  let filled = 0;
  for (const [row, example] of examples.entries()) {
    for (const [column, token] of example.tokens.entries()) {
      tokens[row * sequence + column] = BigInt(token);
      if (!wanted(example, column, positions)) continue;
      places[filled] = BigInt(row * sequence + column);
      targets[filled] = BigInt(example.targets[column] ?? padId);
      mask[filled] = 1;
      filled += 1;
    }
  }
  return {
    shared: { tokens: int64(tokens, [batch, sequence]), scored: int64(places, [scored]) },
    student: { targets: int64(targets, [scored]), mask: float32(mask, [scored]) },
  };
}
