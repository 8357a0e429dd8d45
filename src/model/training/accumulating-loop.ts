import { cidOf } from "../../core/codec/dag-cbor.ts";
import type { Cid } from "../../core/primitives.ts";
import { type GradientGraph, gradientName } from "../llama/gradient-graph.ts";
import type { AdamWOptions } from "../onnx/adamw.ts";
import { encodeModel } from "../onnx/encode.ts";
import type { Runtime, Session } from "../runtime/runtime.ts";
import { type Batch, batchFeeds } from "./batch-feeds.ts";
import { Optimizer } from "./optimizer.ts";
import { floats, type LoopState, meanLoss } from "./state.ts";

/** Sums of gradients, loss and weights over micro-batches, added as float32 in the order of the calls. */
export class GradientSums {
  readonly gradients = new Map<string, Float32Array>();
  lossSum = 0;
  weightSum = 0;

  /** `scale` 1 is exact; anything else rounds once a product and once a sum, the same in every engine. */
  add(name: string, gradient: Float32Array, scale = 1): void {
    const sum = this.gradients.get(name);
    if (sum === undefined) {
      this.gradients.set(name, scale === 1 ? gradient.slice() : gradient.map((value) => value * scale));
      return;
    }
    // A sum in doubles of two float32, rounded once on storing, is the float32 sum (Figueroa 1995).
    for (let index = 0; index < sum.length; index++) {
      sum[index] = (sum[index] ?? 0) + Math.fround((gradient[index] ?? 0) * scale);
    }
  }

  count(lossSum: number, weightSum: number): void {
    this.lossSum = Math.fround(this.lossSum + lossSum);
    this.weightSum = Math.fround(this.weightSum + weightSum);
  }
}

/**
 * Gradient accumulation: several micro-batches of one shape make one AdamW step, as one large batch would to float
 * rounding, in the memory of one micro-batch. On the WASM provider the same inputs give the same bits on every machine.
 */
export class AccumulatingLoop {
  /** Raw CIDs of the graphs that run, in the order of their use. */
  readonly graphs: readonly Cid[];
  readonly #session: Session;
  readonly #graph: GradientGraph;
  readonly #optimizer: Optimizer;

  private constructor(session: Session, graph: GradientGraph, optimizer: Optimizer, graphCid: Cid) {
    this.graphs = [graphCid, optimizer.graphCid];
    this.#session = session;
    this.#graph = graph;
    this.#optimizer = optimizer;
  }

  /** `initial` holds the parameters' first values by name. Errors: session-failed, training-parameters. */
  static async create(
    runtime: Runtime,
    graph: GradientGraph,
    initial: ReadonlyMap<string, Float32Array>,
    options: Partial<AdamWOptions> = {},
  ): Promise<AccumulatingLoop> {
    const optimizer = await Optimizer.create(runtime, graph.parameters, initial, options);
    const bytes = await encodeModel(graph.graph);
    const session = await runtime.createSession(bytes);
    return new AccumulatingLoop(session, graph, optimizer, cidOf(bytes, "raw"));
  }

  get step(): number {
    return this.#optimizer.state.step;
  }

  /** One AdamW step on all micro-batches; returns the mean loss before it, in nats. Errors: training-diverged. */
  async train(batches: readonly Batch[], learningRate: number): Promise<number> {
    const sums = new GradientSums();
    for (const batch of batches) await this.#add(sums, batch);
    const loss = meanLoss(sums.lossSum, sums.weightSum, this.step + 1);
    await this.#optimizer.step(sums.gradients, sums.weightSum, learningRate);
    return loss;
  }

  parameters(): Map<string, Float32Array> {
    return this.#optimizer.state.parameters();
  }

  save(): LoopState {
    return this.#optimizer.state.save();
  }

  /** Goes on from a saved state of the same parameters. Errors: training-parameters. */
  restore(saved: LoopState): void {
    this.#optimizer.state.restore(saved);
  }

  async release(): Promise<void> {
    await Promise.all([this.#session.release(), this.#optimizer.release()]);
  }

  async #add(sums: GradientSums, batch: Batch): Promise<void> {
    const results = await this.#session.run({
      ...batchFeeds(batch, this.#graph),
      ...this.#optimizer.state.parameterFeeds(),
    });
    for (const { name } of this.#graph.parameters) sums.add(name, floats(results, gradientName(name)));
    sums.count(floats(results, "lossSum")[0] ?? Number.NaN, floats(results, "weightSum")[0] ?? Number.NaN);
  }
}
