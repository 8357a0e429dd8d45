import { applyDelta } from "../../core/artifacts/adapter.ts";
import type { Adapter, Cid, DenseDelta, Hash } from "../../core/primitives.ts";
import type { Evaluator } from "../../ports/evaluator.ts";
import type { Pace } from "../../ports/pace.ts";
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
import { type RunIdentity, runHash, trainingDataHash, trainingEnvironmentCid } from "../training/identity.ts";
import type { RunPlan, StepLoop } from "../training/plan.ts";
import { planSteps } from "../training/planned-run.ts";
import { objectiveRecord } from "../training/record.ts";
import { RunRecorder } from "../training/recorder.ts";
import { learningRate, warmUpSteps } from "../training/schedule.ts";
import { throwIfAborted } from "./aborted.ts";
import { mayGoOn } from "./held.ts";

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
  readonly pace?: Pace | undefined;
}

/** A run that is being made. */
interface OpenRun {
  readonly request: TrainingRequest;
  readonly plan: RunPlan;
  readonly loop: StepLoop;
  readonly recorder: RunRecorder;
  readonly identity: RunIdentity;
  /** Factor B before the first step, by tensor. */
  readonly start: ReadonlyMap<string, Float32Array>;
}

/** LoRA training of factor B with AdamW. On the WASM provider a run, or a part of it, can be replayed to the same bits. */
export class OnnxTrainer implements Trainer {
  readonly #options: TrainerOptions;
  readonly #queue = new Queue();
  readonly #replays = new Queue();

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  train(
    request: TrainingRequest,
    onProgress?: OnTrainingProgress,
    signal?: AbortSignal,
    pace?: Pace,
  ): Promise<TrainingResult> {
    return this.#queue.run(async () => {
      const plan = planSteps(this.#options.model, request);
      throwIfAborted(signal);
      return this.#train(request, plan, { onProgress, signal, pace });
    });
  }

  /** Beside a run that may be held for it: the two would wait for each other in one queue. */
  replay(request: TrainingRequest, untilStep: number, signal?: AbortSignal, pace?: Pace): Promise<Hash> {
    return this.#replays.run(() => {
      const plan = planSteps(this.#options.model, request);
      return this.#open(request, plan, async (run) => {
        await this.#steps(run, untilStep, { signal, pace });
        const { loop, recorder } = run;
        const named = recorder.named(loop.step) ? recorder.hashes.at(-1) : undefined;
        return named ?? recorder.checkpoint(loop.save()).hash;
      });
    });
  }

  async #train(request: TrainingRequest, plan: RunPlan, watch: Watch): Promise<TrainingResult> {
    const { evaluator, runtime } = this.#options;
    const { pairs, adapter, seed, steps, learningRatePpm } = request;
    const before = this.#startingAdapter(adapter);
    const lossBeforeMicroNats = await this.#loss(request, before);
    const { delta, proof, preference } = await this.#open(request, plan, async (run) => {
      await this.#steps(run, steps, watch);
      const delta = this.#delta(run);
      return {
        delta,
        proof: this.#proof(run),
        preference: await preferenceOf(run, applyDelta(before, delta)),
      };
    });
    throwIfAborted(watch.signal);
    const lossAfterMicroNats = await this.#loss(request, applyDelta(before, delta));
    const { batch, sequence } = plan.shape;
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
        ...objectiveRecord(request, plan),
        ...proof,
      },
      ...(preference && { preference }),
      ...(plan.privacy && { privacy: plan.privacy }),
    };
  }

  /** On the pairs; of a private run on the benchmark, since a loss on pairs that leaves the device gives them away. */
  async #loss({ pairs, privacy }: TrainingRequest, adapter: Adapter): Promise<number> {
    const { evaluator } = this.#options;
    if (privacy === undefined) return evaluator.evaluatePairs(pairs, adapter);
    return (await evaluator.evaluate({ adapter })).metrics.lossMicroNats;
  }

  #startingAdapter(adapter: Adapter | null): Adapter {
    const { model } = this.#options;
    return adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, adapter);
  }

  /** Loads the graph, restores the checkpoint if there is one, and frees everything after `task`. */
  async #open<T>(request: TrainingRequest, plan: RunPlan, task: (run: OpenRun) => Promise<T>): Promise<T> {
    const start = adapterFloats(this.#startingAdapter(request.adapter));
    const loop = await plan.open(this.#options.runtime, graphNames(start));
    try {
      const identity = this.#identity(request, plan, loop.graphs);
      const recorder = new RunRecorder({
        run: runHash(identity, [...start.values()]),
        steps: request.steps,
        checkpointSteps: plan.checkpointSteps,
        parameters: plan.parameters,
      });
      if (request.resume !== undefined) loop.restore(recorder.resume(request.resume));
      return await task({ request, plan, loop, recorder, identity, start });
    } finally {
      await loop.release();
    }
  }

  #identity(request: TrainingRequest, plan: RunPlan, graphs: readonly Cid[]): RunIdentity {
    const { runtimeCid, runtime, model } = this.#options;
    const evidence = runtimeCid !== undefined && runtime.provider === "wasm";
    return {
      environment: evidence ? trainingEnvironmentCid(model.manifest, graphs, runtimeCid) : runtime.provider,
      dataHash: trainingDataHash(request.pairs, request.known ?? [], request.unwanted),
      mixture: plan.mixture,
      seed: request.seed,
      steps: request.steps,
      learningRatePpm: request.learningRatePpm,
      microBatches: plan.microBatches,
      checkpointSteps: plan.checkpointSteps,
      ...(plan.objective && { objective: plan.objective }),
    };
  }

  /** Steps up to `untilStep`, with a checkpoint at each step that is named and where the run is stopped. */
  async #steps(run: OpenRun, untilStep: number, { onProgress, signal, pace }: Watch): Promise<void> {
    const { request, plan, loop, recorder } = run;
    const { steps: total, learningRatePpm } = request;
    const schedule = { steps: total, learningRatePpm, warmUpSteps: warmUpSteps(total) };
    let done = loop.step;
    let kept = done;
    if (done === 0) recorder.checkpoint(loop.save());
    while (done < Math.min(untilStep, total)) {
      await mayGoOn(pace, signal);
      if (signal?.aborted && done > kept) {
        onProgress?.({ step: "Stopped", done, total, checkpoint: recorder.checkpoint(loop.save()) });
      }
      throwIfAborted(signal);
      const loss = await loop.train(learningRate(schedule, done));
      const lossMicroNats = recorder.count(loss);
      done = loop.step;
      const checkpoint = recorder.named(done) ? recorder.checkpoint(loop.save()) : undefined;
      if (checkpoint !== undefined) kept = done;
      onProgress?.({
        step: `Learning, loss ${loss.toFixed(3)}`,
        done,
        total,
        lossMicroNats,
        memoryBytes: plan.memoryBytes,
        ...(checkpoint === undefined ? {} : { checkpoint }),
      });
      await nextEvent();
    }
  }

  #delta({ start, loop }: OpenRun): DenseDelta {
    return quantiseDelta(this.#options.model.tensors, changes(start, loop.parameters()));
  }

  #proof({ recorder, identity, plan }: OpenRun): Pick<TrainingRecord, "proof"> {
    const { runtime, runtimeCid } = this.#options;
    // Hashes of the data and its losses would undo a private run.
    if (runtimeCid === undefined || runtime.provider !== "wasm" || plan.privacy !== undefined) return {};
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

/** Factor B by the names of graphs. */
function graphNames(factors: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  return new Map(Array.from(factors, ([name, values]) => [factorName(name), values]));
}

/** How the model stands to what was judged, before and with the delta; undefined where nothing was judged. */
async function preferenceOf(
  { loop, start }: OpenRun,
  trained: Adapter,
): Promise<TrainingResult["preference"]> {
  const before = await loop.measure(graphNames(start));
  const after = await loop.measure(graphNames(adapterFloats(trained)));
  return before && after && { before, after };
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
