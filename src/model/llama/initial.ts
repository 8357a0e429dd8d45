import { SeededIntegers } from "../seeded.ts";
import type { LlamaConfig } from "./config.ts";
import { parameterSpecs, type Weights } from "./parameters.ts";

/** Fresh weights for pre-training: norms 1, biases 0, matrices near-normal with deviation 0.02, output products narrower by depth. */
export function initialWeights(config: LlamaConfig, seed: string): Weights {
  const integers = new SeededIntegers(`parley/initial-weights/${seed}`);
  const residual = 1 / Math.sqrt(2 * config.layers);
  return new Map(
    parameterSpecs(config).map(({ name, shape }) => {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      if (shape.length === 1) return [name, new Float32Array(size).fill(name.endsWith(".bias") ? 0 : 1)];
      const narrow = name.endsWith("o_proj") || name.endsWith("down_proj") ? residual : 1;
      return [name, Float32Array.from({ length: size }, () => gaussian(integers) * 0.02 * narrow)];
    }),
  );
}

/** Sum of twelve uniforms: mean 0, variance 1. */
function gaussian(integers: SeededIntegers): number {
  let sum = -6;
  for (let term = 0; term < 12; term++) sum += integers.fraction();
  return sum;
}
