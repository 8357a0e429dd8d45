import { ADAMW_DEFAULTS, type AdamWOptions, type AdamWSchedule, adamW } from "../onnx/adamw.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { divide } from "../onnx/operators/elementwise.ts";
import { gradientName } from "./gradient-graph.ts";
import type { ParameterSpec } from "./parameters.ts";

/**
 * One AdamW step from summed gradients, as a graph.
 * Inputs: weightSum float32 [] (what the sums are divided by); learningRate, firstCorrection, secondCorrection
 * float32 []; and for each parameter p `p`, `p.first`, `p.second`, `p.gradient`. Outputs: `p.next`, `p.first.next`,
 * `p.second.next`.
 */
export interface OptimizerGraph {
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
  readonly options: AdamWOptions;
}

export function buildOptimizerGraph(
  parameters: readonly ParameterSpec[],
  options: Partial<AdamWOptions> = {},
): OptimizerGraph {
  const graph = new Graph("parley-optimizer");
  const weightSum = graph.input("weightSum", "float32", []);
  const schedule = scheduleInputs(graph);
  const values = parameters.map(({ name, shape }) => graph.input(name, "float32", shape));
  const means = parameters.map(({ name, shape }) =>
    divide(graph, graph.input(gradientName(name), "float32", shape), weightSum),
  );
  const optimizer = { ...ADAMW_DEFAULTS, ...options };
  optimizerStep(graph, { parameters, values, means, schedule, optimizer });
  return { graph, parameters, options: optimizer };
}

/** Scalars that AdamW is fed at each step. */
export function scheduleInputs(graph: Graph): AdamWSchedule {
  return {
    learningRate: graph.input("learningRate", "float32", []),
    firstCorrection: graph.input("firstCorrection", "float32", []),
    secondCorrection: graph.input("secondCorrection", "float32", []),
  };
}

/** Takes in the moments, gives out parameters and moments after the step. `values` and `means` follow `parameters`. */
export function optimizerStep(
  graph: Graph,
  step: {
    readonly parameters: readonly ParameterSpec[];
    readonly values: readonly Value[];
    readonly means: readonly Value[];
    readonly schedule: AdamWSchedule;
    readonly optimizer: AdamWOptions;
  },
): void {
  const { parameters, values, means, schedule, optimizer } = step;
  const states = values.map((parameter, index) => ({
    parameter,
    first: graph.input(`${parameter.name}.first`, "float32", parameters[index]?.shape ?? []),
    second: graph.input(`${parameter.name}.second`, "float32", parameters[index]?.shape ?? []),
  }));
  adamW(graph, states, means, schedule, optimizer).forEach((state, index) => {
    const name = parameters[index]?.name ?? "";
    graph.output(`${name}.next`, state.parameter);
    graph.output(`${name}.first.next`, state.first);
    graph.output(`${name}.second.next`, state.second);
  });
}
