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
import { packBatch } from "../text/batch.ts";
import { type Example, encodePairWithin } from "../text/chat.ts";
import { TrainingLoop } from "../training/loop.ts";
import { learningRate, seededPasses } from "../training/schedule.ts";
import { throwIfAborted } from "./aborted.ts";

export interface TrainerOptions {
  readonly model: Model;
  readonly runtime: Runtime;
  /** Measures the pairs before and after, and names the environment. */
  readonly evaluator: Evaluator;
}

interface Run {
  readonly request: TrainingRequest;
  readonly examples: readonly Example[];
  /** Rows of a batch: as many as there are pairs, up to the manifest's. */
  readonly batch: number;
  /** Tokens of a row: what the longest pair needs, up to the manifest's. */
  readonly sequence: number;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Row lengths are multiples of this, so that few different graphs are built. */
const SEQUENCE_STEP = 8;

/** LoRA training of factor B with AdamW. On the WASM provider a run can be replayed to the same bits. */
export class OnnxTrainer implements Trainer {
  readonly #options: TrainerOptions;
  readonly #queue = new Queue();

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  train(request: TrainingRequest, onProgress?: OnProgress, signal?: AbortSignal): Promise<TrainingResult> {
    return this.#queue.run(async () => {
      if (request.pairs.length === 0) {
        throw failure("no-pairs", "There is nothing to learn.", "at least one pair");
      }
      throwIfAborted(signal);
      return this.#train({ request, onProgress, signal, ...this.#shape(request) });
    });
  }

  #shape({ pairs }: TrainingRequest): Pick<Run, "examples" | "batch" | "sequence"> {
    const { tokenizer, manifest } = this.#options.model;
    const { batch, sequenceTokens } = manifest.training;
    const examples = pairs.map((pair) => encodePairWithin(tokenizer, pair, sequenceTokens));
    const longest = Math.max(...examples.map((example) => example.tokens.length));
    const sequence = Math.min(sequenceTokens, Math.ceil(longest / SEQUENCE_STEP) * SEQUENCE_STEP);
    return { examples, batch: Math.min(batch, examples.length), sequence };
  }

  async #train(run: Run): Promise<TrainingResult> {
    const { model, runtime, evaluator } = this.#options;
    const { pairs, adapter, seed, steps, learningRatePpm } = run.request;
    const before = adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, adapter);
    const lossBeforeMicroNats = await evaluator.evaluatePairs(pairs, before);
    const delta = await this.#delta(before, run);
    throwIfAborted(run.signal);
    const lossAfterMicroNats = await evaluator.evaluatePairs(pairs, applyDelta(before, delta));
    return {
      delta,
      record: {
        environmentCid: await evaluator.environment(),
        // Who trains knows the adapter, not the name of the version: the caller fills it in.
        baseModelVersion: null,
        seed,
        steps,
        batchSize: run.batch,
        sequenceTokens: run.sequence,
        learningRatePpm,
        pairCount: pairs.length,
        provider: runtime.provider,
        lossBeforeMicroNats,
        lossAfterMicroNats,
      },
    };
  }

  async #delta(before: Adapter, run: Run): Promise<Delta> {
    const start = adapterFloats(before);
    const loop = await this.#createLoop(start, run);
    try {
      await this.#steps(loop, run);
      return quantiseDelta(this.#options.model.tensors, changes(start, loop.parameters()));
    } finally {
      await loop.release();
    }
  }

  #createLoop(start: ReadonlyMap<string, Float32Array>, { batch, sequence }: Run): Promise<TrainingLoop> {
    const { model, runtime } = this.#options;
    const { weights, config, manifest } = model;
    const graph = buildTrainingGraph(config, { mode: "lora", weights, lora: manifest.lora, batch, sequence });
    const initial = new Map(Array.from(start, ([name, values]) => [factorName(name), values]));
    return TrainingLoop.create(runtime, graph, initial);
  }

  async #steps(loop: TrainingLoop, run: Run): Promise<void> {
    const { examples, batch, sequence, request } = run;
    const padId = this.#options.model.tokenizer.chat.pad;
    const draw = seededPasses(examples, request.seed);
    for (let step = 0; step < request.steps; step++) {
      throwIfAborted(run.signal);
      const packed = packBatch(Array.from({ length: batch }, draw), { batch, sequence, padId });
      const rate = learningRate(request.learningRatePpm, request.steps, step);
      const loss = await loop.train(packed, rate);
      run.onProgress?.({ step: `Learning, loss ${loss.toFixed(3)}`, done: step + 1, total: request.steps });
      await nextEvent();
    }
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
