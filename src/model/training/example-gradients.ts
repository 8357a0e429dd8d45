import type { Feeds } from "../runtime/runtime.ts";

/** Sums over the examples of a batch. */
export interface GradientBatch {
  readonly lossSum: number;
  /** What turns the sums into means. */
  readonly weightSum: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** An objective over numbered examples, for steps that are not one graph: of preferences, with noise. */
export interface ExampleGradients {
  readonly count: number;
  /** Of a few examples together, as many at most as the objective's graph holds; `parameters` are its inputs by name. */
  gradients(examples: readonly number[], parameters: Feeds): Promise<GradientBatch>;
  release(): Promise<void>;
}
