import { sha256 } from "@noble/hashes/sha2.js";
import { applyDelta, emptyAdapter, encodeAdapter } from "../../../src/core/artifacts/adapter.ts";
import { bytesToHex, utf8ToBytes } from "../../../src/core/bytes.ts";
import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import { failure } from "../../../src/core/errors.ts";
import type { Genesis } from "../../../src/core/genesis.ts";
import type { Adapter, DenseDelta, Hash } from "../../../src/core/primitives.ts";
import { mayGoOn } from "../../../src/model/engine/held.ts";
import type { TrainingPair } from "../../../src/ports/chat.ts";
import type { Pace } from "../../../src/ports/pace.ts";
import type {
  Checkpoint,
  OnTrainingProgress,
  Trainer,
  TrainingRequest,
  TrainingResult,
} from "../../../src/ports/trainer.ts";
import { quantiseChange } from "./quantise.ts";
import { metricsOf, pairsTarget, seedNoise, valuesOf } from "./surrogate.ts";

const FIRST_LOSS_MICRO_NATS = 5_000_000;
/** Beyond this a real run would not come back to numbers. */
const DIVERGES_ABOVE_PPM = 1_000_000_000;

/** Moves half of the way from the current adapter to what the pairs want, quantised as a real delta is. */
export class SurrogateTrainer implements Trainer {
  readonly #genesis: Genesis;

  constructor(genesis: Genesis) {
    this.#genesis = genesis;
  }

  async train(
    request: TrainingRequest,
    onProgress?: OnTrainingProgress,
    signal?: AbortSignal,
    pace?: Pace,
  ): Promise<TrainingResult> {
    const { pairs, adapter, steps } = request;
    if (pairs.length === 0) throw failure("no-pairs", "There is nothing to train on", "at least one pair");
    const { model } = this.#genesis;
    const start = adapter ?? emptyAdapter(this.#genesis);
    const target = pairsTarget(model.tensors, pairs);
    const spacing = request.checkpointSteps ?? Math.ceil(steps / 8);
    const resumed = stepOf(request);
    for (let done = resumed + 1; done <= steps; done++) {
      if (pace?.isHeld) await mayGoOn(pace, signal);
      if (signal?.aborted) {
        if (done > 1) {
          onProgress?.({
            step: "Stopped",
            done: done - 1,
            total: steps,
            checkpoint: checkpointAt(request, done - 1),
          });
        }
        throw failure("aborted", "The training was stopped");
      }
      const checkpoint = done % spacing === 0 || done === steps ? checkpointAt(request, done) : undefined;
      onProgress?.({
        step: "Training",
        done,
        total: steps,
        lossMicroNats: Math.floor(FIRST_LOSS_MICRO_NATS / done),
        ...(checkpoint === undefined ? {} : { checkpoint }),
      });
      await Promise.resolve();
    }
    if (request.learningRatePpm > DIVERGES_ABOVE_PPM) {
      throw failure("training-diverged", "The loss is no number any more");
    }
    const before = valuesOf(model.tensors, start);
    const delta = surrogateDelta(model, pairs, start, request.seed);
    const after = valuesOf(model.tensors, applyDelta(start, delta));
    return {
      delta,
      record: {
        environmentCid: model.environmentCid,
        baseModelVersion: adapter === null ? null : cidOf(encodeAdapter(this.#genesis, adapter)),
        seed: request.seed,
        steps,
        batchSize: 1,
        sequenceTokens: 1,
        learningRatePpm: request.learningRatePpm,
        pairCount: pairs.length,
        provider: "cpu",
        lossBeforeMicroNats: metricsOf(before, target).lossMicroNats,
        lossAfterMicroNats: metricsOf(after, target).lossMicroNats,
      },
    };
  }

  async replay(request: TrainingRequest, untilStep: number): Promise<Hash> {
    stepOf(request);
    return checkpointAt(request, untilStep).hash;
  }
}

/** What a run ends with: half of the way from `start` to what the pairs want, quantised as a real delta is. */
export function surrogateDelta(
  { tensors, rank }: Pick<Genesis["model"], "tensors" | "rank">,
  pairs: readonly TrainingPair[],
  start: Adapter | null,
  seed: number,
): DenseDelta {
  const target = pairsTarget(tensors, pairs);
  const before = valuesOf(tensors, start);
  const noise = seedNoise(seed, target.length);
  const change = target.map((value, index) => (value - (before[index] ?? 0)) / 2 + (noise[index] ?? 0));
  return { type: "adapter", rank, tensors: quantiseChange(tensors, change) };
}

/** Names the run by all of its request but where it goes on from. */
function runOf({ resume: _, ...request }: TrainingRequest): string {
  const { adapter, ...plain } = request;
  const values = adapter?.tensors.map(({ data }) => [...data]) ?? null;
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([plain, values]))));
}

function checkpointAt(request: TrainingRequest, step: number): Checkpoint {
  const bytes = utf8ToBytes(`${runOf(request)} ${step}`);
  return { step, bytes, hash: bytesToHex(sha256(bytes)) };
}

/** Steps done by the checkpoint that a run goes on from. Errors: checkpoint-malformed, checkpoint-misfit. */
function stepOf(request: TrainingRequest): number {
  if (request.resume === undefined) return 0;
  const [run, step] = new TextDecoder().decode(request.resume).split(" ");
  if (!/^[0-9]+$/.test(step ?? "")) throw failure("checkpoint-malformed", "This is no checkpoint");
  if (run !== runOf(request)) throw failure("checkpoint-misfit", "This checkpoint is of another run");
  return Number(step);
}
