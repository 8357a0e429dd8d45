import type { Adapter, DenseDelta } from "../../core/primitives.ts";
import type { TrainingProof, TrainingRecord } from "../../core/training-record.ts";
import type { TrainingPair } from "../../ports/chat.ts";
import type { OnTrainingProgress, Trainer, TrainingRequest } from "../../ports/trainer.ts";

/** What somebody says that training gave. */
export interface TrainingClaim {
  /** As training gave it, before anything was left out. */
  readonly delta: DenseDelta;
  readonly record: TrainingRecord;
}

/** The data of a run, in the order it was given, and the version it started from. */
export interface TrainingData {
  readonly pairs: readonly TrainingPair[];
  readonly known: readonly TrainingPair[];
  /** Of a run that learnt preferences. */
  readonly unwanted?: readonly TrainingPair[];
  readonly adapter: Adapter | null;
}

export type ReplayOutcome =
  | { readonly outcome: "same" }
  /** The record holds no proof, or was made by other graphs, weights or another runtime than this one's. */
  | { readonly outcome: "no-proof" | "other-environment" | "other-data" }
  /** The first checkpoint that came out differently; the one before it is agreed upon. */
  | { readonly outcome: "differs"; readonly atStep: number };

/** Trains once more from the record's seed, order and data, and compares every bit that the record names. */
export async function replayTraining(
  trainer: Trainer,
  { delta, record }: TrainingClaim,
  data: TrainingData,
  onProgress?: OnTrainingProgress,
  signal?: AbortSignal,
): Promise<ReplayOutcome> {
  const claimed = record.proof;
  if (claimed === undefined) return { outcome: "no-proof" };
  const replayed = await trainer.train(requestOf(record, claimed, data), onProgress, signal);
  const { proof } = replayed.record;
  if (proof === undefined) return { outcome: "no-proof" };
  if (proof.trainingEnvironmentCid !== claimed.trainingEnvironmentCid)
    return { outcome: "other-environment" };
  if (proof.dataHash !== claimed.dataHash) return { outcome: "other-data" };
  const atStep = firstDifference(claimed, proof, record.steps);
  if (atStep !== undefined) return { outcome: "differs", atStep };
  return sameDelta(delta, replayed.delta)
    ? { outcome: "same" }
    : { outcome: "differs", atStep: record.steps };
}

function requestOf(
  { seed, steps, learningRatePpm, preference }: TrainingRecord,
  { mixture, checkpointSteps }: TrainingProof,
  data: TrainingData,
): TrainingRequest {
  const plain = { ...data, seed, steps, learningRatePpm, mixture, checkpointSteps };
  if (preference === undefined) return plain;
  const { betaMilli, supervisionMilli } = preference;
  return { ...plain, objective: "preferences", preference: { betaMilli, supervisionMilli } };
}

function firstDifference(claimed: TrainingProof, replayed: TrainingProof, steps: number): number | undefined {
  const count = Math.max(claimed.checkpoints.length, replayed.checkpoints.length);
  for (let index = 0; index < count; index++) {
    if (claimed.checkpoints[index] !== replayed.checkpoints[index]) {
      return Math.min(index * claimed.checkpointSteps, steps);
    }
  }
  return undefined;
}

function sameDelta(a: DenseDelta, b: DenseDelta): boolean {
  return (
    a.tensors.length === b.tensors.length &&
    a.tensors.every(({ name, exponent, data }, index) => {
      const other = b.tensors[index];
      const same = other?.name === name && other.exponent === exponent && other.data.length === data.length;
      return same && data.every((value, at) => value === other.data[at]);
    })
  );
}
