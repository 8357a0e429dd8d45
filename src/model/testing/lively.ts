import type { LlamaConfig } from "../llama/config.ts";
import { initialWeights } from "../llama/initial.ts";
import type { Weights } from "../llama/parameters.ts";
import { SeededIntegers } from "../seeded.ts";

/** Larger than fresh weights, so that attention and gates are far from linear; norms and biases are all different. */
export function livelyWeights(config: LlamaConfig): Weights {
  const integers = new SeededIntegers("lively");
  return new Map(
    Array.from(initialWeights(config, "lively"), ([name, data]) => [
      name,
      name.endsWith("_proj") || name.endsWith("embed_tokens.weight") || name === "lm_head.weight"
        ? data.map((value) => value * 12)
        : data.map((value) => value * 0.9 + integers.fraction() * 0.4 - 0.2),
    ]),
  );
}
