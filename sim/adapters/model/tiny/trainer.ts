import { sha256 } from "@noble/hashes/sha2.js";
import { applyDelta, emptyAdapter, encodeAdapter } from "../../../../src/core/artifacts/adapter.ts";
import { bytesToHex, concatBytes, utf8ToBytes } from "../../../../src/core/bytes.ts";
import { cidOf } from "../../../../src/core/codec/dag-cbor.ts";
import { failure } from "../../../../src/core/errors.ts";
import type { Genesis } from "../../../../src/core/genesis.ts";
import type { Hash } from "../../../../src/core/primitives.ts";
import { mayGoOn } from "../../../../src/model/engine/held.ts";
import type { Pace } from "../../../../src/ports/pace.ts";
import type {
  Checkpoint,
  OnTrainingProgress,
  Trainer,
  TrainingRequest,
  TrainingResult,
} from "../../../../src/ports/trainer.ts";
import { parametersOf } from "./network.ts";
import { quantise } from "./quantise.ts";
import { PAIRS_PER_STEP, RUN_BYTES, TinyRun } from "./run.ts";
import { lossMicroNatsOf, TINY_MODEL } from "./tiny.ts";

const HASH_BYTES = 32;
const SEQUENCE_TOKENS = 64;

/** Trains factor B of the tiny model on answers. It learns neither preferences nor in private. */
export class TinyTrainer implements Trainer {
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
    const { pairs, adapter, steps, learningRatePpm, seed } = request;
    if (pairs.length === 0) throw failure("no-pairs", "There is nothing to train on", "at least one pair");
    const spacing = request.checkpointSteps ?? Math.ceil(steps / 8);
    const run = begin(request);
    while (run.step < steps) {
      if (pace?.isHeld) await mayGoOn(pace, signal);
      if (signal?.aborted) {
        if (run.step > 0) {
          const checkpoint = checkpointOf(request, run);
          onProgress?.({ step: "Stopped", done: run.step, total: steps, checkpoint });
        }
        throw failure("aborted", "The training was stopped");
      }
      const lossMicroNats = Math.round(run.next() * 1_000_000);
      const isDue = run.step % spacing === 0 || run.step === steps;
      onProgress?.({
        step: "Training",
        done: run.step,
        total: steps,
        lossMicroNats,
        ...(isDue ? { checkpoint: checkpointOf(request, run) } : {}),
      });
      await Promise.resolve();
    }
    const start = parametersOf(adapter);
    const delta = quantise(run.parameters.map((value, i) => value - (start[i] ?? 0)));
    const after = applyDelta(adapter ?? emptyAdapter(this.#genesis), delta);
    return {
      delta,
      record: {
        environmentCid: TINY_MODEL.environmentCid,
        baseModelVersion: adapter === null ? null : cidOf(encodeAdapter(this.#genesis, adapter)),
        seed,
        steps,
        batchSize: PAIRS_PER_STEP,
        sequenceTokens: SEQUENCE_TOKENS,
        learningRatePpm,
        pairCount: pairs.length,
        provider: "cpu",
        lossBeforeMicroNats: lossMicroNatsOf(pairs, adapter),
        lossAfterMicroNats: lossMicroNatsOf(pairs, after),
      },
    };
  }

  async replay(request: TrainingRequest, untilStep: number): Promise<Hash> {
    const run = begin(request);
    while (run.step < untilStep) run.next();
    return checkpointOf(request, run).hash;
  }
}

/** A new run, or the one that a checkpoint is of. Errors: checkpoint-malformed, checkpoint-misfit. */
function begin(request: TrainingRequest): TinyRun {
  const run = new TinyRun(request, parametersOf(request.adapter));
  const { resume } = request;
  if (resume === undefined) return run;
  if (resume.length !== HASH_BYTES + RUN_BYTES)
    throw failure("checkpoint-malformed", "This is no checkpoint");
  if (bytesToHex(resume.subarray(0, HASH_BYTES)) !== bytesToHex(nameOf(request))) {
    throw failure("checkpoint-misfit", "This checkpoint is of another run");
  }
  run.read(resume.subarray(HASH_BYTES));
  return run;
}

function checkpointOf(request: TrainingRequest, run: TinyRun): Checkpoint {
  const bytes = concatBytes(nameOf(request), run.write());
  return { step: run.step, bytes, hash: bytesToHex(sha256(bytes)) };
}

/** Names a run by all of its request but where it goes on from. */
function nameOf({ resume: _, ...request }: TrainingRequest): Uint8Array {
  const { adapter, ...plain } = request;
  const values = adapter?.tensors.map(({ data }) => [...data]) ?? null;
  return sha256(utf8ToBytes(JSON.stringify([plain, values])));
}
