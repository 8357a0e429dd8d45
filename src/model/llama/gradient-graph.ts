import { gradients } from "../onnx/autodiff.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import type { LlamaConfig } from "./config.ts";
import { type BatchShape, buildObjective, type TrainingMode } from "./objective.ts";
import type { ParameterSpec } from "./parameters.ts";

/**
 * Loss and gradients of one micro-batch. Inputs: those of `buildObjective`. Outputs: lossSum, weightSum [] and for each
 * parameter p the gradient of the loss SUM, `p.gradient`: sums of micro-batches add up, the mean comes at the step.
 */
export interface GradientGraph extends BatchShape {
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
}

/** Name of a parameter's gradient, as an output and as an input. */
export const gradientName = (parameter: string): string => `${parameter}.gradient`;

/** Errors: model-weights, sequence-too-long. */
export function buildGradientGraph(config: LlamaConfig, options: TrainingMode & BatchShape): GradientGraph {
  const graph = new Graph(`parley-gradient-${options.mode}`);
  const { parameters, values, lossSum, weightSum } = buildObjective(graph, config, options);
  gradientOutputs(graph, parameters, gradients(graph, lossSum, values));
  graph.output("lossSum", lossSum);
  graph.output("weightSum", weightSum);
  const { batch, sequence, packed, scored } = options;
  return {
    graph,
    parameters,
    batch,
    sequence,
    ...(packed === undefined ? {} : { packed }),
    ...(scored === undefined ? {} : { scored }),
  };
}

/** Gives out one gradient a parameter, in the parameters' order. */
export function gradientOutputs(
  graph: Graph,
  parameters: readonly ParameterSpec[],
  values: readonly Value[],
): void {
  parameters.forEach(({ name }, index) => {
    const value = values[index];
    if (value !== undefined) graph.output(gradientName(name), value);
  });
}
