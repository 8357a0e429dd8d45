import { ADAMW_DEFAULTS, type AdamWOptions } from "../onnx/adamw.ts";
import { gradients } from "../onnx/autodiff.ts";
import { Graph } from "../onnx/graph.ts";
import { divide } from "../onnx/operators/elementwise.ts";
import type { LlamaConfig } from "./config.ts";
import { type BatchShape, buildObjective, type TrainingMode } from "./objective.ts";
import { optimizerStep, scheduleInputs } from "./optimizer-graph.ts";
import type { ParameterSpec } from "./parameters.ts";

export type TrainingGraphOptions = TrainingMode &
  BatchShape & {
    readonly optimizer?: Partial<AdamWOptions>;
  };

/**
 * One optimizer step on one batch as a graph.
 * Inputs: those of `buildObjective` (the mask not all 0); learningRate, firstCorrection, secondCorrection float32 [];
 * and for each parameter p its moments `p.first`, `p.second`. Outputs: lossSum, weightSum [] (before the step) and
 * `p.next`, `p.first.next`, `p.second.next`.
 */
export interface TrainingGraph extends BatchShape {
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
  readonly options: AdamWOptions;
}

/** Errors: model-weights, sequence-too-long. */
export function buildTrainingGraph(config: LlamaConfig, options: TrainingGraphOptions): TrainingGraph {
  const graph = new Graph(`parley-training-${options.mode}`);
  const { parameters, values, lossSum, weightSum } = buildObjective(graph, config, options);
  const loss = divide(graph, lossSum, weightSum);
  const means = gradients(graph, loss, values);
  const optimizer = { ...ADAMW_DEFAULTS, ...options.optimizer };
  optimizerStep(graph, { parameters, values, means, schedule: scheduleInputs(graph), optimizer });
  graph.output("lossSum", lossSum);
  graph.output("weightSum", weightSum);
  const { batch, sequence, packed, scored } = options;
  return {
    graph,
    parameters,
    options: optimizer,
    batch,
    sequence,
    ...(packed === undefined ? {} : { packed }),
    ...(scored === undefined ? {} : { scored }),
  };
}
