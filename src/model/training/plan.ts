import type { Cid } from "../../core/primitives.ts";
import type { TrainingMixture } from "../../core/training-record.ts";
import type { PreferenceFigures, PrivacyFigures } from "../../ports/trainer.ts";
import type { ParameterSpec } from "../llama/parameters.ts";
import { type Feeds, float32, type Runtime } from "../runtime/runtime.ts";
import type { LoopState } from "./state.ts";

/** Values of parameters by the graphs' names. */
export type ParameterValues = ReadonlyMap<string, Float32Array>;

/** Steps of a run, one after the other. */
export interface StepLoop {
  /** Steps done. */
  readonly step: number;
  /** Raw CIDs of the graphs that run, in the order of their use. */
  readonly graphs: readonly Cid[];
  /** Makes the next step; returns the mean loss before it, nats. Errors: training-diverged. */
  train(learningRate: number): Promise<number>;
  parameters(): Map<string, Float32Array>;
  save(): LoopState;
  /** Goes on from a saved state of the same run. Errors: training-parameters. */
  restore(saved: LoopState): void;
  /** How other parameters stand to what was judged; undefined where no preferences are learnt. */
  measure(parameters: ParameterValues): Promise<PreferenceFigures | undefined>;
  release(): Promise<void>;
}

/** A request worked out, before anything is loaded. */
export interface RunPlan {
  readonly parameters: readonly ParameterSpec[];
  /** Rows and tokens of what the graph takes at once. */
  readonly shape: { readonly batch: number; readonly sequence: number };
  readonly mixture: TrainingMixture;
  readonly microBatches: number;
  readonly checkpointSteps: number;
  /** What the graph takes while it runs, estimated. */
  readonly memoryBytes: number;
  /** What beside data, seed and schedule decides the bits; nothing for plain training on answers. */
  readonly objective?: Readonly<Record<string, number | string>>;
  readonly privacy?: PrivacyFigures;
  /** Loads the graphs; `initial` are the parameters before the first step. Errors: session-failed, training-parameters. */
  open(runtime: Runtime, initial: ParameterValues): Promise<StepLoop>;
}

/** Parameters as inputs of a graph. */
export function parameterFeeds(specs: readonly ParameterSpec[], values: ParameterValues): Feeds {
  return Object.fromEntries(
    specs.map(({ name, shape }) => [name, float32(values.get(name) ?? new Float32Array(), shape)]),
  );
}
