import { failure } from "../../core/errors.ts";
import type { TrainingGraph } from "../llama/training-graph.ts";
import { encodeModel } from "../onnx/encode.ts";
import {
  type Feeds,
  float32,
  int64,
  type Runtime,
  type Session,
  scalar,
  type TensorData,
} from "../runtime/runtime.ts";

/** One batch: tokens, targets and mask of batch × sequence, row-major; the mask is 1 where the loss counts. */
export interface Batch {
  readonly tokens: BigInt64Array;
  readonly targets: BigInt64Array;
  readonly mask: Float32Array;
}

interface ParameterState {
  readonly shape: readonly number[];
  parameter: Float32Array;
  first: Float32Array;
  second: Float32Array;
}

/** Everything needed to go on later. */
export interface LoopState {
  readonly step: number;
  readonly parameters: ReadonlyMap<
    string,
    { parameter: Float32Array; first: Float32Array; second: Float32Array }
  >;
}

/**
 * Runs a training graph step by step and keeps parameters and AdamW's moments between steps.
 * On the WASM provider the same inputs give the same bits on every machine.
 */
export class TrainingLoop {
  readonly #session: Session;
  readonly #graph: TrainingGraph;
  readonly #states: Map<string, ParameterState>;
  #step = 0;
  #beta1Power = 1;
  #beta2Power = 1;

  private constructor(session: Session, graph: TrainingGraph, states: Map<string, ParameterState>) {
    this.#session = session;
    this.#graph = graph;
    this.#states = states;
  }

  /** `initial` holds the parameters' first values by name. Errors: session-failed, training-parameters. */
  static async create(
    runtime: Runtime,
    graph: TrainingGraph,
    initial: ReadonlyMap<string, Float32Array>,
  ): Promise<TrainingLoop> {
    const states = new Map<string, ParameterState>();
    for (const { name, shape } of graph.parameters) {
      const parameter = initial.get(name);
      if (parameter === undefined) throw failure("training-parameters", `No first value for ${name}.`);
      const first = new Float32Array(parameter.length);
      states.set(name, { shape, parameter, first, second: new Float32Array(parameter.length) });
    }
    return new TrainingLoop(await runtime.createSession(await encodeModel(graph.graph)), graph, states);
  }

  get step(): number {
    return this.#step;
  }

  /** One AdamW step; returns the loss before it, in nats. Errors: training-diverged (loss not finite). */
  async train(batch: Batch, learningRate: number): Promise<number> {
    const { beta1, beta2 } = this.#graph.options;
    this.#step += 1;
    // Powers by multiplication: Math.pow is not the same in every engine.
    this.#beta1Power *= beta1;
    this.#beta2Power *= beta2;
    const results = await this.#session.run(this.#feeds(batch, learningRate));
    const loss = this.#floats(results, "loss")[0] ?? Number.NaN;
    if (!Number.isFinite(loss)) {
      throw failure(
        "training-diverged",
        `The loss is not a number at step ${this.#step}.`,
        "a finite loss",
        String(loss),
      );
    }
    for (const [name, state] of this.#states) {
      state.parameter = this.#floats(results, `${name}.next`);
      state.first = this.#floats(results, `${name}.first.next`);
      state.second = this.#floats(results, `${name}.second.next`);
    }
    return loss;
  }

  parameters(): Map<string, Float32Array> {
    return new Map(Array.from(this.#states, ([name, state]) => [name, state.parameter]));
  }

  save(): LoopState {
    const parameters = new Map(
      Array.from(this.#states, ([name, { parameter, first, second }]) => [
        name,
        { parameter, first, second },
      ]),
    );
    return { step: this.#step, parameters };
  }

  /** Goes on from a saved state of the same graph. Errors: training-parameters. */
  restore(saved: LoopState): void {
    for (const [name, state] of this.#states) {
      const from = saved.parameters.get(name);
      if (from === undefined || from.parameter.length !== state.parameter.length) {
        throw failure("training-parameters", `The saved state does not fit ${name}.`);
      }
      Object.assign(state, from);
    }
    this.#step = saved.step;
    this.#beta1Power = 1;
    this.#beta2Power = 1;
    for (let step = 0; step < saved.step; step++) {
      this.#beta1Power *= this.#graph.options.beta1;
      this.#beta2Power *= this.#graph.options.beta2;
    }
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #feeds(batch: Batch, learningRate: number): Feeds {
    const shape = [this.#graph.batch, this.#graph.sequence];
    const feeds: Record<string, TensorData> = {
      tokens: int64(batch.tokens, shape),
      targets: int64(batch.targets, shape),
      mask: float32(batch.mask, shape),
      learningRate: scalar(learningRate),
      firstCorrection: scalar(1 / (1 - this.#beta1Power)),
      secondCorrection: scalar(1 / (1 - this.#beta2Power)),
    };
    for (const [name, state] of this.#states) {
      feeds[name] = float32(state.parameter, state.shape);
      feeds[`${name}.first`] = float32(state.first, state.shape);
      feeds[`${name}.second`] = float32(state.second, state.shape);
    }
    return feeds;
  }

  #floats(results: Readonly<Record<string, TensorData>>, name: string): Float32Array {
    const data = results[name]?.data;
    if (data instanceof Float32Array) return data;
    throw failure("session-failed", `The graph gave no ${name}.`);
  }
}
