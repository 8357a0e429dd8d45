import { cidOf } from "../../core/codec/dag-cbor.ts";
import { failure } from "../../core/errors.ts";
import type { Adapter, Cid } from "../../core/primitives.ts";
import type { TrainingPair } from "../../ports/chat.ts";
import type { EvaluationRequest, EvaluationResult, Evaluator } from "../../ports/evaluator.ts";
import type { Pace } from "../../ports/pace.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { environmentCid } from "../environment.ts";
import { checkAdapter, type Model } from "../folder.ts";
import { buildEvaluationGraph } from "../llama/evaluation-graph.ts";
import { adapterFeeds, zeroAdapter } from "../lora/adapter.ts";
import { encodeModel } from "../onnx/encode.ts";
import { nextEvent, Queue } from "../queue.ts";
import { type Feeds, int64, type Runtime, type Session } from "../runtime/runtime.ts";
import { packBatch } from "../text/batch.ts";
import { type Example, encodePair, encodePairWithin } from "../text/chat.ts";
import { throwIfAborted } from "./aborted.ts";
import { mayGoOn } from "./held.ts";
import { MetricsSum } from "./metrics.ts";
import { WorkDigests } from "./work-digest.ts";

export interface EvaluatorOptions {
  readonly model: Model;
  /** Plain-SIMD WASM: nothing else is evidence. */
  readonly runtime: Runtime;
  /** Raw CID of the runtime's .wasm file. */
  readonly runtimeCid: Cid;
}

/** Evaluates the benchmark, or given pairs, with ONNX Runtime. Calls queue up. */
export class OnnxEvaluator implements Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #queue = new Queue();
  readonly #benchmark: readonly Example[];
  #loading: Promise<{ session: Session; environment: Cid }> | undefined;

  /** Errors: model-benchmark (a sequence is longer than the manifest's evaluation.sequenceTokens). */
  constructor(options: EvaluatorOptions) {
    this.#options = options;
    const { tokenizer, benchmark } = options.model;
    this.#benchmark = benchmark.sequences.map((pair) => encodePair(tokenizer, pair));
    const longest = Math.max(...this.#benchmark.map((example) => example.tokens.length));
    if (longest > this.#sequence) {
      const expected = `≤ ${this.#sequence} tokens`;
      throw failure("model-benchmark", "A benchmark sequence is too long.", expected, `${longest}`);
    }
  }

  async environment(): Promise<Cid> {
    return (await this.#load()).environment;
  }

  evaluate(
    { adapter, digests }: EvaluationRequest,
    onProgress?: OnProgress,
    signal?: AbortSignal,
    pace?: Pace,
  ): Promise<EvaluationResult> {
    return this.#queue.run(async () => {
      const { environment } = await this.#load();
      const work = new WorkDigests(digests?.subject ?? environment, digests?.validators ?? []);
      const metrics = await this.#score(this.#benchmark, adapter, { work, onProgress, signal, pace });
      return { metrics: metrics.result(), environmentCid: environment, workDigests: work.finish() };
    });
  }

  /** Pairs longer than the evaluator's sequence are cut as in training. Errors: no-pairs, adapter-shape. */
  evaluatePairs(pairs: readonly TrainingPair[], adapter: Adapter | null): Promise<number> {
    return this.#queue.run(async () => {
      if (pairs.length === 0) throw failure("no-pairs", "There is nothing to evaluate.", "at least one pair");
      const { tokenizer } = this.#options.model;
      const examples = pairs.map((pair) => encodePairWithin(tokenizer, pair, this.#sequence));
      return (await this.#score(examples, adapter, {})).result().lossMicroNats;
    });
  }

  async release(): Promise<void> {
    const loading = this.#loading;
    this.#loading = undefined;
    if (loading !== undefined) await this.#queue.run(async () => (await loading).session.release());
  }

  get #sequence(): number {
    return this.#options.model.manifest.evaluation.sequenceTokens;
  }

  #load(): Promise<{ session: Session; environment: Cid }> {
    this.#loading ??= this.#create();
    return this.#loading;
  }

  async #create(): Promise<{ session: Session; environment: Cid }> {
    const { model, runtime, runtimeCid } = this.#options;
    const { batch, sequenceTokens: sequence } = model.manifest.evaluation;
    const { config, weights } = model;
    const graph = buildEvaluationGraph(config, { batch, sequence, weights, lora: model.manifest.lora });
    const bytes = await encodeModel(graph);
    const environment = environmentCid(model.manifest, cidOf(bytes, "raw"), runtimeCid);
    return { session: await runtime.createSession(bytes), environment };
  }

  async #score(
    examples: readonly Example[],
    adapter: Adapter | null,
    options: ScoreOptions,
  ): Promise<MetricsSum> {
    const { model } = this.#options;
    const { batch } = model.manifest.evaluation;
    const { session } = await this.#load();
    const factors = adapterFeeds(
      adapter === null ? zeroAdapter(model.cid, model.tensors) : checkAdapter(model, adapter),
    );
    const metrics = new MetricsSum();
    for (let start = 0; start < examples.length; start += batch) {
      await mayGoOn(options.pace, options.signal);
      throwIfAborted(options.signal);
      await this.#scoreBatch(session, factors, examples.slice(start, start + batch), metrics, options.work);
      const done = Math.min(start + batch, examples.length);
      options.onProgress?.({ step: "Checking on the benchmark", done, total: examples.length });
      await nextEvent();
    }
    return metrics;
  }

  async #scoreBatch(
    session: Session,
    factors: Feeds,
    examples: readonly Example[],
    metrics: MetricsSum,
    work: WorkDigests | undefined,
  ): Promise<void> {
    const { batch } = this.#options.model.manifest.evaluation;
    const shape = [batch, this.#sequence];
    const padId = this.#options.model.tokenizer.chat.pad;
    const packed = packBatch(examples, { batch, sequence: this.#sequence, padId });
    const results = await session.run({
      tokens: int64(packed.tokens, shape),
      targets: int64(packed.targets, shape),
      ...factors,
    });
    const logits = floats(results.logits?.data);
    const losses = floats(results.losses?.data);
    const width = this.#options.model.config.vocabularySize;
    for (let position = 0; position < losses.length; position++) {
      if (packed.mask[position] !== 1) continue;
      const row = logits.subarray(position * width, (position + 1) * width);
      metrics.add(losses[position] ?? Number.NaN, argMax(row) === Number(packed.targets[position]));
      work?.update(row);
    }
  }
}

interface ScoreOptions {
  readonly work?: WorkDigests;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly pace?: Pace | undefined;
}

function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw failure("session-failed", "The evaluator gave no numbers.");
}

/** Index of the largest value, the first of equals. */
function argMax(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  }
  return best;
}
