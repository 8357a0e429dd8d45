import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { replayTraining } from "../../src/app/audit/replay-training.ts";
import type { DenseDelta, Metrics } from "../../src/core/primitives.ts";
import type { Evaluator } from "../../src/ports/evaluator.ts";
import type { Trainer, TrainingRequest } from "../../src/ports/trainer.ts";

/** Everything that must be the same on every machine. */
export interface Proof {
  readonly environmentCid: string;
  readonly metrics: Metrics;
  readonly workDigests: readonly string[];
  /** sha256 over the delta of four training steps. */
  readonly deltaHash: string;
  readonly lossAfterMicroNats: number;
  /** Names graphs, runtime, weights and tokenizer of training; and the checkpoints before, between and after its steps. */
  readonly trainingEnvironmentCid: string;
  readonly checkpoints: readonly string[];
  readonly lossCurveMicroNats: readonly number[];
  /** The last step alone, executed again from the checkpoint before it. */
  readonly replayedCheckpoint: string;
  /** Whether the whole run came out the same once more. */
  readonly replayedRun: string;
  /** sha256 over the delta of learning preferences, and whether its record replays. */
  readonly preferenceHash: string;
  readonly replayedPreferences: string;
  /** sha256 over the delta of a private run with a known seed: its noise is integers. */
  readonly privateHash: string;
}

const VALIDATORS = ["ab".repeat(32), "cd".repeat(32)];

export async function prove(trainer: Trainer, evaluator: Evaluator): Promise<Proof> {
  const subject = await evaluator.environment();
  const digests = { subject, validators: VALIDATORS };
  const { environmentCid, metrics, workDigests } = await evaluator.evaluate({ adapter: null, digests });
  const pairs = [
    { prompt: "what is the reveal phase?", answer: "salts are shown and commitments opened" },
    { prompt: "who may veto?", answer: "the guardian, and everybody sees it" },
    { prompt: "wie geht's? 👋", answer: "gut, danke ✨" },
  ];
  const known = [{ prompt: "hello", answer: "hello there" }];
  const request: TrainingRequest = { ...PLAN, pairs, known };
  let beforeLast = new Uint8Array();
  const { delta, record } = await trainer.train(request, ({ done, checkpoint }) => {
    if (done === PLAN.steps - 1 && checkpoint !== undefined) beforeLast = new Uint8Array(checkpoint.bytes);
  });
  const replayedCheckpoint = await trainer.replay({ ...request, resume: beforeLast }, PLAN.steps);
  const replayed = await replayTraining(trainer, { delta, record }, { pairs, known, adapter: null });
  const preferences = await provePreferences(trainer);
  const noisy = await trainer.train({ ...NOISY, pairs });
  const { lossAfterMicroNats, proof } = record;
  return {
    environmentCid,
    metrics,
    workDigests,
    deltaHash: hashDelta(delta),
    lossAfterMicroNats,
    trainingEnvironmentCid: proof?.trainingEnvironmentCid ?? "",
    checkpoints: proof?.checkpoints ?? [],
    lossCurveMicroNats: proof?.lossCurveMicroNats ?? [],
    replayedCheckpoint,
    replayedRun: replayed.outcome,
    ...preferences,
    privateHash: hashDelta(noisy.delta),
  };
}

async function provePreferences(
  trainer: Trainer,
): Promise<Pick<Proof, "preferenceHash" | "replayedPreferences">> {
  const data = {
    pairs: [
      { prompt: "who may veto?", answer: "the guardian", rejected: "nobody" },
      { prompt: "hello", answer: "hello there" },
    ],
    unwanted: [{ prompt: "thanks", answer: "so what" }],
    known: [],
    adapter: null,
  };
  const { adapter, steps, learningRatePpm, seed } = PLAN;
  const request = { ...data, adapter, steps, learningRatePpm, seed, objective: "preferences" } as const;
  const { delta, record } = await trainer.train(request);
  const { outcome } = await replayTraining(trainer, { delta, record }, data);
  return { preferenceHash: hashDelta(delta), replayedPreferences: outcome };
}

/** Rows hold dialogues of several turns, and what is known counts less: all that training can do. */
const PLAN = {
  adapter: null,
  steps: 4,
  learningRatePpm: 20_000,
  seed: 3,
  checkpointSteps: 1,
  mixture: { pairsPerStep: 3, rehearsalsPerStep: 1, rehearsalWeightPpm: 400_000, chainedPpm: 500_000 },
} as const;

const NOISY: Omit<TrainingRequest, "pairs"> = {
  adapter: null,
  steps: 2,
  learningRatePpm: 20_000,
  seed: 3,
  privacy: {
    clipNormMicro: 1_000_000,
    noiseMultiplierMilli: 900,
    batchSize: 2,
    budget: { epsilonMicro: 1_000_000_000, deltaBillionths: 10_000 },
    spent: [],
    noiseSeed: Uint8Array.from({ length: 32 }, (_, index) => index),
  },
};

function hashDelta({ tensors }: DenseDelta): string {
  const hash = sha256.create();
  for (const { data, exponent } of tensors) {
    hash.update(Uint8Array.of(-exponent));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return bytesToHex(hash.digest());
}
