import { cidOf } from "../../core/codec/dag-cbor.ts";
import type { Cid } from "../../core/primitives.ts";
import type { TrainingGraph } from "../llama/training-graph.ts";
import { encodeModel } from "../onnx/encode.ts";
import type { Runtime, Session } from "../runtime/runtime.ts";
import { type Batch, batchFeeds } from "./batch-feeds.ts";
import { floats, type LoopState, meanLoss, TrainingState } from "./state.ts";

/**
 * Runs a training graph step by step and keeps parameters and AdamW's moments between steps.
 * On the WASM provider the same inputs give the same bits on every machine.
 */
export class TrainingLoop {
  /** Raw CIDs of the graphs that run. */
  readonly graphs: readonly Cid[];
  readonly #session: Session;
  readonly #graph: TrainingGraph;
  readonly #state: TrainingState;

  private constructor(session: Session, graph: TrainingGraph, state: TrainingState, graphs: readonly Cid[]) {
    this.graphs = graphs;
    this.#session = session;
    this.#graph = graph;
    this.#state = state;
  }

  /** `initial` holds the parameters' first values by name. Errors: session-failed, training-parameters. */
  static async create(
    runtime: Runtime,
    graph: TrainingGraph,
    initial: ReadonlyMap<string, Float32Array>,
  ): Promise<TrainingLoop> {
    const state = new TrainingState(graph.parameters, graph.options, initial);
    const bytes = await encodeModel(graph.graph);
    return new TrainingLoop(await runtime.createSession(bytes), graph, state, [cidOf(bytes, "raw")]);
  }

  get step(): number {
    return this.#state.step;
  }

  /** One AdamW step on one batch; returns the loss before it, in nats. Errors: training-diverged (not finite). */
  async train(batch: Batch, learningRate: number): Promise<number> {
    const results = await this.#session.run({
      ...batchFeeds(batch, this.#graph),
      ...this.#state.parameterFeeds(),
      ...this.#state.momentFeeds(learningRate),
    });
    const [lossSum = Number.NaN] = floats(results, "lossSum");
    const [weightSum = Number.NaN] = floats(results, "weightSum");
    const loss = meanLoss(lossSum, weightSum, this.step + 1);
    this.#state.advance(results);
    return loss;
  }

  parameters(): Map<string, Float32Array> {
    return this.#state.parameters();
  }

  save(): LoopState {
    return this.#state.save();
  }

  /** Goes on from a saved state of the same graph. Errors: training-parameters. */
  restore(saved: LoopState): void {
    this.#state.restore(saved);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
