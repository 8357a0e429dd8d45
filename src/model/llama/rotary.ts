import type { LlamaConfig } from "./config.ts";
import { cosine, sine } from "./exact-math.ts";
import { rotaryFrequencies } from "./rope-scaling.ts";

/**
 * Cosines and sines of rotary position embedding, each [positions, headSize / 2], row-major.
 * Source: Su et al., RoFormer (arXiv:2104.09864); half-rotation layout as in Hugging Face's Llama.
 * The same bits everywhere: these tables are part of the evaluation environment.
 */
export function rotaryTables(config: LlamaConfig): { cosines: Float32Array; sines: Float32Array } {
  const half = config.headSize / 2;
  const cosines = new Float32Array(config.contextTokens * half);
  const sines = new Float32Array(config.contextTokens * half);
  const scaling = config.ropeScaling;
  const size = scaling?.kind === "yarn" ? scaling.attentionFactor : 1;
  rotaryFrequencies(half, config.ropeTheta, scaling).forEach((frequency, index) => {
    const stepCosine = cosine(frequency);
    const stepSine = sine(frequency);
    let c = size;
    let s = 0;
    for (let position = 0; position < config.contextTokens; position++) {
      cosines[position * half + index] = c;
      sines[position * half + index] = s;
      const next = c * stepCosine - s * stepSine;
      s = s * stepCosine + c * stepSine;
      c = next;
    }
  });
  return { cosines, sines };
}
