import type { LlamaConfig } from "../../src/model/llama/config.ts";

/** Sizes of the seed model: about 1.8 million parameters, quick to load and to check on one WASM thread. */
export const CONFIG: LlamaConfig = {
  vocabularySize: 1024,
  hiddenSize: 192,
  intermediateSize: 512,
  layers: 4,
  heads: 4,
  keyValueHeads: 2,
  headSize: 48,
  contextTokens: 256,
  normEpsilon: 1e-5,
  ropeTheta: 10_000,
};

export const TOKENIZER_DIALOGUES = 30_000;

/** Pre-training: AdamW, linear warm-up, cosine decay to a tenth (Loshchilov & Hutter 2017). */
export const PRETRAINING = {
  label: "parley-seed-1",
  steps: 2_400,
  warmupSteps: 80,
  batch: 12,
  sequence: 160,
  peakLearningRate: 3e-3,
  finalLearningRate: 1e-4,
  weightDecay: 0.05,
  clipNorm: 1,
  /** Weight of a question's tokens in the loss; answers weigh 1. */
  questionWeight: 0.15,
  checkpointSteps: 100,
} as const;

/** Benchmark and LoRA shapes that the manifest fixes. */
export const EVALUATION = { batch: 8, sequenceTokens: 64 } as const;
export const TRAINING = { batch: 4, sequenceTokens: 64 } as const;
export const LORA = { rank: 8, alpha: 32 } as const;
export const CHAT = { user: "<|user|>", assistant: "<|assistant|>", end: "<|end|>", pad: "<|pad|>" } as const;

/** Where things are kept, relative to the repository's root. */
export const MODEL_FOLDER = "public/model";
export const CHECKPOINT_FOLDER = ".parley/seed-model";
export const CORRECTIONS_FILE = "e2e/fixtures/corrections.json";
