import { cidOf } from "../../core/codec/dag-cbor.ts";
import type { Cid } from "../../core/primitives.ts";
import { gradientName } from "../llama/gradient-graph.ts";
import { buildOptimizerGraph } from "../llama/optimizer-graph.ts";
import type { ParameterSpec } from "../llama/parameters.ts";
import { ADAMW_DEFAULTS, type AdamWOptions } from "../onnx/adamw.ts";
import { encodeModel } from "../onnx/encode.ts";
import { float32, type Runtime, type Session, scalar } from "../runtime/runtime.ts";
import { TrainingState } from "./state.ts";

/** AdamW over gradients that were summed outside of it: by micro-batches, with noise, or of another objective. */
export class Optimizer {
  readonly state: TrainingState;
  /** Raw CID of the graph that runs. */
  readonly graphCid: Cid;
  readonly #session: Session;
  readonly #parameters: readonly ParameterSpec[];

  private constructor(
    session: Session,
    parameters: readonly ParameterSpec[],
    state: TrainingState,
    graphCid: Cid,
  ) {
    this.graphCid = graphCid;
    this.#session = session;
    this.#parameters = parameters;
    this.state = state;
  }

  /** `initial` holds the parameters' first values by name. Errors: session-failed, training-parameters. */
  static async create(
    runtime: Runtime,
    parameters: readonly ParameterSpec[],
    initial: ReadonlyMap<string, Float32Array>,
    options: Partial<AdamWOptions> = {},
  ): Promise<Optimizer> {
    const state = new TrainingState(parameters, { ...ADAMW_DEFAULTS, ...options }, initial);
    const { graph } = buildOptimizerGraph(parameters, options);
    const bytes = await encodeModel(graph);
    return new Optimizer(await runtime.createSession(bytes), parameters, state, cidOf(bytes, "raw"));
  }

  /** One step on the mean gradient: `sums` by parameter name, divided by `weightSum`. */
  async step(
    sums: ReadonlyMap<string, Float32Array>,
    weightSum: number,
    learningRate: number,
  ): Promise<void> {
    const gradients = this.#parameters.map(({ name, shape }) => [
      gradientName(name),
      float32(sums.get(name) ?? new Float32Array(), shape),
    ]);
    const results = await this.#session.run({
      weightSum: scalar(weightSum),
      ...this.state.parameterFeeds(),
      ...this.state.momentFeeds(learningRate),
      ...Object.fromEntries(gradients),
    });
    this.state.advance(results);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
