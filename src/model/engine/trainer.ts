import { applyDelta } from "../../core/artifacts/adapter.ts";
import { failure } from "../../core/errors.ts";
import type { Adapter, Delta } from "../../core/primitives.ts";
import type { Evaluator } from "../../ports/evaluator.ts";
import type { OnProgress } from "../../ports/progress.ts";
import type { Trainer, TrainingRequest, TrainingResult } from "../../ports/trainer.ts";
import { checkAdapter, type Model } from "../folder.ts";
import { factorName } from "../llama/sources.ts";
import { buildTrainingGraph } from "../llama/training-graph.ts";
import { adapterFloats, zeroAdapter } from "../lora/adapter.ts";
import { quantiseDelta } from "../lora/quantise.ts";
import { nextEvent, Queue } from "../queue.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { SeededIntegers } from "../seeded.ts";
import { packBatch } from "../text/batch.ts";
import { type Example, encodePairWithin } from "../text/chat.ts";
import { TrainingLoop } from "../training/loop.ts";
import { throwIfAborted } from "./aborted.ts";

export interface TrainerOptions {
  readonly model: Model;
  readonly runtime: Runtime;
  /** Measures the pairs before and after, and names the environment. */
  readonly evaluator: Evaluator;
}

/** Share of the steps over which the learning rate rises to its value; then it falls linearly to 0. */
const WARM_UP_SHARE = 0.1;

/** LoRA training of factor B with AdamW. On the WASM provider a run can be replayed to the same bits. */
export class OnnxTrainer implements Trainer {
  readonly #options: TrainerOptions;
  readonly #queue = new Queue();

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  train(request: TrainingRequest, onProgress?: OnProgress, signal?: AbortSignal): Promise<TrainingResult> {
    return this.#queue.run(() => this.#train(request, onProgress, signal));
  }

  async #train(
    request: TrainingRequest,
    onProgress: OnProgress | undefined,
    signal: AbortSignal | undefined,
  ): Promise<TrainingResult> {
    const { model, runtime, evaluator } = this.#options;
    if (request.pairs.length === 0)
      throw failure("no-pairs", "There is nothing to learn.", "at least one pair");
    throwIfAborted(signal);
    const before =
      request.adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, request.adapter);
    const lossBeforeMicroNats = await evaluator.evaluatePairs(request.pairs, before);
    const delta = await this.#delta(before, request, onProgress, signal);
    throwIfAborted(signal);
    const lossAfterMicroNats = await evaluator.evaluatePairs(request.pairs, applyDelta(before, delta));
    return {
      delta,
      record: {
        environmentCid: await evaluator.environment(),
        baseModelVersion: null,
        seed: request.seed,
        steps: request.steps,
        batchSize: model.manifest.training.batch,
        sequenceTokens: model.manifest.training.sequenceTokens,
        learningRatePpm: request.learningRatePpm,
        pairCount: request.pairs.length,
        provider: runtime.provider,
        lossBeforeMicroNats,
        lossAfterMicroNats,
      },
    };
  }

  async #delta(
    before: Adapter,
    request: TrainingRequest,
    onProgress: OnProgress | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Delta> {
    const { model } = this.#options;
    const start = adapterFloats(before);
    const loop = await this.#createLoop(start);
    try {
      await this.#run(loop, request, onProgress, signal);
      const trained = loop.parameters();
      const changes = new Map(
        Array.from(start, ([name, values]) => {
          const after = trained.get(factorName(name));
          return [name, values.map((value, index) => (after?.[index] ?? value) - value)];
        }),
      );
      return quantiseDelta(model.tensors, changes);
    } finally {
      await loop.release();
    }
  }

  #createLoop(start: ReadonlyMap<string, Float32Array>): Promise<TrainingLoop> {
    const { model, runtime } = this.#options;
    const { batch, sequenceTokens: sequence } = model.manifest.training;
    const lora = model.manifest.lora;
    const graph = buildTrainingGraph(model.config, {
      mode: "lora",
      weights: model.weights,
      lora,
      batch,
      sequence,
    });
    const initial = new Map(Array.from(start, ([name, values]) => [factorName(name), values]));
    return TrainingLoop.create(runtime, graph, initial);
  }

  async #run(
    loop: TrainingLoop,
    request: TrainingRequest,
    onProgress: OnProgress | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { tokenizer, manifest } = this.#options.model;
    const { batch, sequenceTokens: sequence } = manifest.training;
    const examples = request.pairs.map((pair) => encodePairWithin(tokenizer, pair, sequence));
    const order = exampleOrder(examples, request.seed);
    for (let step = 0; step < request.steps; step++) {
      throwIfAborted(signal);
      const rows = Array.from({ length: Math.min(batch, examples.length) }, order);
      const packed = packBatch(rows, { batch, sequence, padId: tokenizer.chat.pad });
      const loss = await loop.train(packed, learningRate(request, step));
      onProgress?.({ step: `Learning, loss ${loss.toFixed(3)}`, done: step + 1, total: request.steps });
      await nextEvent();
    }
  }
}

/** Examples in passes, each pass a new seeded permutation of all. */
function exampleOrder(examples: readonly Example[], seed: number): () => Example {
  const integers = new SeededIntegers(`parley/training-order/${seed}`);
  let pass: Example[] = [];
  return () => {
    if (pass.length === 0) pass = integers.shuffle([...examples]);
    const example = pass.pop();
    if (example === undefined) throw failure("no-pairs", "There is nothing to learn.");
    return example;
  };
}

/** Linear up, linear down; from integers by exact steps, so that a replay has the same rates. */
function learningRate({ steps, learningRatePpm }: TrainingRequest, step: number): number {
  const peak = learningRatePpm / 1_000_000;
  const warmUp = Math.max(1, Math.floor(steps * WARM_UP_SHARE));
  return step < warmUp ? (peak * (step + 1)) / warmUp : (peak * (steps - step)) / (steps - warmUp + 1);
}
