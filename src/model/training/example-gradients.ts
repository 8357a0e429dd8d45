import type { Cid } from "../../core/primitives.ts";
import type { ParameterSpec } from "../llama/parameters.ts";
import type { Graph } from "../onnx/graph.ts";
import type { Feeds, Runtime } from "../runtime/runtime.ts";

/** Sums over the examples of a batch. */
export interface GradientBatch {
  readonly lossSum: number;
  /** What turns the sums into means. */
  readonly weightSum: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** How a model stands to what was judged, over all judgements. */
export interface PreferenceMeasure {
  /** Mean loss, nats. */
  readonly loss: number;
  /** Mean of ln p(wanted) − ln p(unwanted), less the same of the model before: nats, 0 for the model before. */
  readonly margin: number;
  /** Share of judgements with a positive margin. */
  readonly agreeing: number;
}

/** An objective over numbered examples, for steps that are not one graph: of preferences, with noise. */
export interface ExampleGradients {
  /** Raw CID of the graph that runs. */
  readonly graphCid: Cid;
  readonly count: number;
  /** Of a few examples together, as many at most as the objective's graph holds; `parameters` are its inputs by name. */
  gradients(examples: readonly number[], parameters: Feeds): Promise<GradientBatch>;
  measure?(parameters: Feeds): Promise<PreferenceMeasure>;
  release(): Promise<void>;
}

/** The same before anything is loaded. */
export interface ObjectivePlan {
  /** Examples: each is in a step or not, as a whole. */
  readonly count: number;
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
  /** Rows and tokens of what the graph takes at once. */
  readonly shape: { readonly batch: number; readonly sequence: number };
  readonly settings: Readonly<Record<string, number | string>>;
  /** `before`: the parameters before the first step. Errors: session-failed. */
  create(runtime: Runtime, before: Feeds): Promise<ExampleGradients>;
}
