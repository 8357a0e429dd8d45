import type { LlamaConfig } from "../llama/config.ts";
import type { LoraSettings } from "../lora/factors.ts";

/** Sizes for tests: all parts of the architecture, milliseconds to run. */
export const TINY_CONFIG: LlamaConfig = {
  vocabularySize: 300,
  hiddenSize: 32,
  intermediateSize: 48,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headSize: 16,
  contextTokens: 64,
  normEpsilon: 1e-5,
  ropeTheta: 10_000,
};

export const TINY_LORA: LoraSettings = { rank: 4, alpha: 4, seed: "tiny" };
