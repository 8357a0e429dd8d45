import { applyDelta } from "../../core/artifacts/adapter.ts";
import type { Adapter, Cid, Delta, Hash } from "../../core/primitives.ts";
import type { Evaluator } from "../../ports/evaluator.ts";
import type {
  OnTrainingProgress,
  Trainer,
  TrainingRecord,
  TrainingRequest,
  TrainingResult,
} from "../../ports/trainer.ts";
import { checkAdapter, type Model } from "../folder.ts";
import { factorName } from "../llama/sources.ts";
import { adapterFloats, zeroAdapter } from "../lora/adapter.ts";
import { quantiseDelta } from "../lora/quantise.ts";
import { nextEvent, Queue } from "../queue.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { stepExamples } from "../training/examples.ts";
import { type RunIdentity, runHash, trainingDataHash, trainingEnvironmentCid } from "../training/identity.ts";
import { packBatches } from "../training/packing.ts";
import { RunRecorder } from "../training/recorder.ts";
import { createLoop, planRun, type RunLoop, type TrainingRun } from "../training/run.ts";
import { learningRate, warmUpSteps } from "../training/schedule.ts";
import { throwIfAborted } from "./aborted.ts";

export interface TrainerOptions {
  readonly model: Model;
  readonly runtime: Runtime;
  /** Raw CID of the runtime's .wasm file, where results are evidence. */
  readonly runtimeCid?: Cid | undefined;
  /** Measures the pairs before and after, and names the environment. */
  readonly evaluator: Evaluator;
}

/** What watches and stops a run. */
interface Watch {
  readonly onProgress?: OnTrainingProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A run that is being made. */
interface OpenRun {
  readonly request: TrainingRequest;
  readonly plan: TrainingRun;
  readonly loop: RunLoop;
  readonly recorder: RunRecorder;
  readonly identity: RunIdentity;
  /** Factor B before the first step, by tensor. */
  readonly start: ReadonlyMap<string, Float32Array>;
}

/** LoRA training of factor B with AdamW. On the WASM provider a run, or a part of it, can be replayed to the same bits. */
export class OnnxTrainer implements Trainer {
  readonly #options: TrainerOptions;
  readonly #queue = new Queue();

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  train(
    request: TrainingRequest,
    onProgress?: OnTrainingProgress,
    signal?: AbortSignal,
  ): Promise<TrainingResult> {
    return this.#queue.run(async () => {
      const plan = planRun(this.#options.model, request);
      throwIfAborted(signal);
      return this.#train(request, plan, { onProgress, signal });
    });
  }

  replay(request: TrainingRequest, untilStep: number, signal?: AbortSignal): Promise<Hash> {
    return this.#queue.run(() => {
      const plan = planRun(this.#options.model, request);
      return this.#open(request, plan, async (run) => {
        await this.#steps(run, untilStep, { signal });
        const { loop, recorder } = run;
        const named = recorder.named(loop.step) ? recorder.hashes.at(-1) : undefined;
        return named ?? recorder.checkpoint(loop.save()).hash;
      });
    });
  }

  async #train(request: TrainingRequest, plan: TrainingRun, watch: Watch): Promise<TrainingResult> {
    const { evaluator, runtime } = this.#options;
    const { pairs, adapter, seed, steps, learningRatePpm } = request;
    const before = this.#startingAdapter(adapter);
    const lossBeforeMicroNats = await evaluator.evaluatePairs(pairs, before);
    const { delta, proof } = await this.#open(request, plan, async (run) => {
      await this.#steps(run, steps, watch);
      return { delta: this.#delta(run), proof: this.#proof(run) };
    });
    throwIfAborted(watch.signal);
    const lossAfterMicroNats = await evaluator.evaluatePairs(pairs, applyDelta(before, delta));
    const { batch, sequence } = plan.packing.shape;
    return {
      delta,
      record: {
        environmentCid: await evaluator.environment(),
        // Who trains knows the adapter, not the name of the version: the caller fills it in.
        baseModelVersion: null,
        seed,
        steps,
        batchSize: batch,
        sequenceTokens: sequence,
        learningRatePpm,
        pairCount: pairs.length,
        provider: runtime.provider,
        lossBeforeMicroNats,
        lossAfterMicroNats,
        ...proof,
      },
    };
  }

  #startingAdapter(adapter: Adapter | null): Adapter {
    const { model } = this.#options;
    return adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, adapter);
  }

  /** Loads the graph, restores the checkpoint if there is one, and frees everything after `task`. */
  async #open<T>(
    request: TrainingRequest,
    plan: TrainingRun,
    task: (run: OpenRun) => Promise<T>,
  ): Promise<T> {
    const start = adapterFloats(this.#startingAdapter(request.adapter));
    const initial = new Map(Array.from(start, ([name, values]) => [factorName(name), values]));
    const loop = await createLoop(this.#options.runtime, plan, initial);
    try {
      const identity = this.#identity(request, plan, loop.graphs);
      const recorder = new RunRecorder({
        run: runHash(identity, [...start.values()]),
        steps: request.steps,
        checkpointSteps: plan.checkpointSteps,
        parameters: plan.graph.parameters,
      });
      if (request.resume !== undefined) loop.restore(recorder.resume(request.resume));
      return await task({ request, plan, loop, recorder, identity, start });
    } finally {
      await loop.release();
    }
  }

  #identity(request: TrainingRequest, plan: TrainingRun, graphs: readonly Cid[]): RunIdentity {
    const { runtimeCid, runtime, model } = this.#options;
    const evidence = runtimeCid !== undefined && runtime.provider === "wasm";
    return {
      environment: evidence ? trainingEnvironmentCid(model.manifest, graphs, runtimeCid) : runtime.provider,
      dataHash: trainingDataHash(request.pairs, request.known ?? []),
      mixture: plan.source.mixture,
      seed: request.seed,
      steps: request.steps,
      learningRatePpm: request.learningRatePpm,
      microBatches: plan.packing.microBatches,
      checkpointSteps: plan.checkpointSteps,
    };
  }

  /** Steps up to `untilStep`, with a checkpoint at each step that is named and where the run is stopped. */
  async #steps(run: OpenRun, untilStep: number, { onProgress, signal }: Watch): Promise<void> {
    const { request, plan, loop, recorder } = run;
    const { steps: total, learningRatePpm } = request;
    const schedule = { steps: total, learningRatePpm, warmUpSteps: warmUpSteps(total) };
    const padId = this.#options.model.tokenizer.chat.pad;
    let done = loop.step;
    let kept = done;
    if (done === 0) recorder.checkpoint(loop.save());
    // Sequences are drawn from the beginning: a run that goes on meets the same ones.
    for (const [step, examples] of [...stepExamples(plan.source)].entries()) {
      if (step < done) continue;
      if (step >= untilStep) break;
      if (signal?.aborted && done > kept) {
        onProgress?.({ step: "Stopped", done, total, checkpoint: recorder.checkpoint(loop.save()) });
      }
      throwIfAborted(signal);
      const batches = packBatches(examples, plan.packing, padId);
      const loss = await loop.train(batches, learningRate(schedule, step));
      const lossMicroNats = recorder.count(loss);
      done = step + 1;
      const checkpoint = recorder.named(done) ? recorder.checkpoint(loop.save()) : undefined;
      if (checkpoint !== undefined) kept = done;
      onProgress?.({
        step: `Learning, loss ${loss.toFixed(3)}`,
        done,
        total,
        lossMicroNats,
        ...(checkpoint === undefined ? {} : { checkpoint }),
      });
      await nextEvent();
    }
  }

  #delta({ start, loop }: OpenRun): Delta {
    return quantiseDelta(this.#options.model.tensors, changes(start, loop.parameters()));
  }

  #proof({ recorder, identity, plan }: OpenRun): Pick<TrainingRecord, "proof"> {
    const { runtime, runtimeCid } = this.#options;
    if (runtimeCid === undefined || runtime.provider !== "wasm") return {};
    const { environment, dataHash, mixture, microBatches } = identity;
    return {
      proof: {
        trainingEnvironmentCid: environment,
        dataHash,
        mixture,
        microBatches,
        checkpointSteps: plan.checkpointSteps,
        checkpoints: recorder.hashes,
        lossCurveMicroNats: recorder.curve,
      },
    };
  }
}

/** What training changed of each tensor. */
function changes(
  before: ReadonlyMap<string, Float32Array>,
  after: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  return new Map(
    Array.from(before, ([name, values]) => {
      const trained = after.get(factorName(name));
      return [name, values.map((value, index) => (trained?.[index] ?? value) - value)];
    }),
  );
}
