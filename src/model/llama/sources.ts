import { failure } from "../../core/errors.ts";
import { adapterTensorSpecs, factorA, type LoraSettings } from "../lora/factors.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { matmul } from "../onnx/operators/matrix.ts";
import type { LlamaConfig } from "./config.ts";
import type { ParameterSource } from "./layers.ts";
import {
  type LinearSpec,
  linearSpecs,
  type ParameterSpec,
  parameterSpecs,
  type Weights,
} from "./parameters.ts";

/** Parameters as constants of the graph. Errors: model-weights (one is missing or has another size). */
export function constantParameters(
  graph: Graph,
  config: LlamaConfig,
  weights: Weights,
): ReadonlyMap<string, Value> {
  return new Map(parameterSpecs(config).map((spec) => [spec.name, constantOf(graph, spec, weights)]));
}

function constantOf(graph: Graph, { name, shape }: ParameterSpec, weights: Weights): Value {
  const data = weights.get(name);
  if (data === undefined) throw failure("model-weights", `The weights lack ${name}.`);
  return graph.constant(data, shape, name);
}

/** Parameters from `values`; linear layers listed in `factorsB` ([rank, outputs] values) get a LoRA branch. */
export function parameterSource(
  graph: Graph,
  config: LlamaConfig,
  values: ReadonlyMap<string, Value>,
  lora?: { readonly settings: LoraSettings; readonly factorsB: ReadonlyMap<string, Value> },
): ParameterSource {
  const linears = new Map<string, LinearSpec>(linearSpecs(config).map((spec) => [spec.name, spec]));
  return {
    parameter(name) {
      const value = values.get(name);
      if (value === undefined) throw failure("model-weights", `The graph lacks ${name}.`);
      return value;
    },
    branch(name, input) {
      const spec = linears.get(name);
      const factorB = lora?.factorsB.get(name);
      if (lora === undefined || spec === undefined || factorB === undefined) return undefined;
      const { settings } = lora;
      const a = graph.constant(factorA(spec, settings), [spec.shape[0], settings.rank], `${name}.lora_A`);
      return matmul(graph, matmul(graph, input, a), factorB);
    },
  };
}

const FACTOR_B = ".lora_B";

/** Name under which graphs take factor B of a tensor. */
export const factorName = (tensor: string): string => `${tensor}${FACTOR_B}`;

/** Factor B of each linear layer as graphs take it, [rank, outputs]. */
export function factorSpecs(config: LlamaConfig, lora: LoraSettings): ParameterSpec[] {
  return adapterTensorSpecs(config, lora).map(({ name, shape }) => ({ name: factorName(name), shape }));
}

/** Graph inputs for factor B, by the name of the linear layer. */
export function factorInputs(
  graph: Graph,
  config: LlamaConfig,
  lora: LoraSettings,
): ReadonlyMap<string, Value> {
  return new Map(
    adapterTensorSpecs(config, lora).map(({ name, shape }) => [
      name,
      graph.input(factorName(name), "float32", shape),
    ]),
  );
}
