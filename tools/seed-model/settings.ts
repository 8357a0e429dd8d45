import { labelOf, MARKS_PER_KIND } from "../../src/app/assistant/entities/entity.ts";
import { MARK_KINDS } from "../../src/app/assistant/intents.ts";
import type { LlamaConfig } from "../../src/model/llama/config.ts";

/** Sizes of the seed model: about 1.9 million parameters, quick to load and to check on one WASM thread. */
export const CONFIG: LlamaConfig = {
  vocabularySize: 1536,
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

export const TOKENIZER = {
  samples: 24_000,
  /** Words that come less often teach the tokenizer nothing: most are slips of the fingers. */
  leastCount: 4,
} as const;

/** Percentage of training samples that are an utterance with its intent; the others are dialogues. */
export const INTENT_SHARE = 66;

/**
 * Pre-training: AdamW, linear warm-up, constant rate, linear decay at the end (Hu et al. 2024, MiniCPM): until the decay begins
 * a run does not depend on how long it will be.
 */
export const PRETRAINING = {
  label: "parley-seed-2",
  steps: 6_600,
  warmupSteps: 80,
  decaySteps: 600,
  batch: 10,
  sequence: 192,
  peakLearningRate: 2.5e-3,
  /** The rate of what was added when the phrases became more: too small to lose what was learned. */
  added: { fromStep: 4_700, learningRate: 1.2e-3 },
  finalLearningRate: 5e-5,
  weightDecay: 0.05,
  clipNorm: 1,
  /** Weight of a question's tokens in the loss; answers and intents weigh 1. */
  questionWeight: 0.15,
  checkpointSteps: 100,
} as const;

/** Benchmark and LoRA shapes that the manifest fixes. */
export const EVALUATION = { batch: 8, sequenceTokens: 64 } as const;
export const TRAINING = { batch: 4, sequenceTokens: 64 } as const;
export const LORA = { rank: 8, alpha: 32 } as const;
/** Labels of everything that the recogniser marks. */
export const MARK_LABELS: readonly string[] = MARK_KINDS.flatMap((kind) =>
  Array.from({ length: MARKS_PER_KIND }, (_, index) => labelOf(kind, index + 1)),
);
export const markToken = (label: string): string => `<|${label}|>`;

export const CHAT = {
  user: "<|user|>",
  assistant: "<|assistant|>",
  end: "<|end|>",
  pad: "<|pad|>",
  intent: "<|intent|>",
  marks: Object.fromEntries(MARK_LABELS.map((label) => [label, markToken(label)])),
};

/** Where things are kept, relative to the repository's root. */
export const MODEL_FOLDER = "public/model";
export const CHECKPOINT_FOLDER = ".parley/seed-model";
export const CORRECTIONS_FILE = "e2e/fixtures/corrections.json";

/** Utterances with their intents: what the corpus' writers may look at, and what they may not. */
export const DEVELOPMENT_FOLDER = "tools/seed-model/dev";
export const HELD_OUT_FOLDER = "tools/seed-model/held-out";
export const REPORT_FILE = "docs/seed-model.md";
