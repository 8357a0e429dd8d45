import type { TensorSpec } from "../../core/primitives.ts";
import type { LlamaConfig } from "../llama/config.ts";
import { type LinearSpec, linearSpecs } from "../llama/parameters.ts";
import { SeededIntegers } from "../seeded.ts";

/** How adapters attach to a base model (part of its manifest). */
export interface LoraSettings {
  readonly rank: number;
  /** The branch is (x · A) · B · alpha / rank; a power of two over a power of two, so the scale is exact. */
  readonly alpha: number;
  /** Public label of the draw of A; names the base model. */
  readonly seed: string;
}

/** Shapes of factor B, one per linear layer, in the fixed order that deltas and adapters use. */
export function adapterTensorSpecs(config: LlamaConfig, settings: LoraSettings): TensorSpec[] {
  return linearSpecs(config).map(({ name, shape }) => ({ name, shape: [settings.rank, shape[1]] }));
}

/**
 * Factor A of a linear layer, [inputs, rank] row-major, already multiplied by alpha / rank. Frozen and public:
 * uniform in ±2^-k, the power of two next below sqrt(3 / inputs), so that (x · A) keeps the size of x.
 * Drawn in integers and scaled by powers of two: the same float32 everywhere.
 * Source: Sun et al., FFA-LoRA (arXiv:2403.12313): only B is trained and sent, so that updates add up exactly.
 */
export function factorA(spec: LinearSpec, settings: LoraSettings): Float32Array {
  const [inputs] = spec.shape;
  const integers = new SeededIntegers(`parley/lora-a/1/${settings.seed}/${spec.name}/${settings.rank}`);
  let bound = 1;
  while (bound * bound * inputs > 3) bound /= 2;
  const scale = (bound * settings.alpha) / settings.rank;
  return Float32Array.from(
    { length: inputs * settings.rank },
    // 16 bits, centred: odd multiples of 2^-16, so no zero and no bias.
    () => (((integers.next() >>> 16) * 2 + 1 - 2 ** 16) / 2 ** 16) * scale,
  );
}
