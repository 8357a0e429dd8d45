import { failure } from "../../core/errors.ts";
import type { LoraSettings } from "../lora/factors.ts";
import { ADAMW_DEFAULTS, type AdamWOptions, adamW } from "../onnx/adamw.ts";
import { gradients } from "../onnx/autodiff.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { reshape } from "../onnx/operators/shape.ts";
import type { LlamaConfig } from "./config.ts";
import { forward, type ParameterSource } from "./layers.ts";
import { maskedMean, tokenLoss } from "./loss.ts";
import { type ParameterSpec, parameterSpecs, type Weights } from "./parameters.ts";
import { constantParameters, factorInputs, factorSpecs, parameterSource } from "./sources.ts";

/** `full` trains all weights (they are inputs); `lora` trains factor B over constant weights. */
export type TrainingMode =
  | { readonly mode: "full" }
  | { readonly mode: "lora"; readonly weights: Weights; readonly lora: LoraSettings };

export type TrainingGraphOptions = TrainingMode & {
  readonly batch: number;
  readonly sequence: number;
  readonly optimizer?: Partial<AdamWOptions>;
};

/**
 * One optimizer step as a graph.
 * Inputs: tokens, targets int64 [batch, sequence]; mask float32 [batch, sequence] (1 where the loss counts, not all 0);
 * learningRate, firstCorrection, secondCorrection float32 []; and for each parameter p its value and moments
 * `p`, `p.first`, `p.second`. Outputs: loss [] (before the step) and `p.next`, `p.first.next`, `p.second.next`.
 */
export interface TrainingGraph {
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
  readonly options: AdamWOptions;
  readonly batch: number;
  readonly sequence: number;
}

/** Errors: model-weights, sequence-too-long. */
export function buildTrainingGraph(config: LlamaConfig, options: TrainingGraphOptions): TrainingGraph {
  const { batch, sequence } = options;
  if (sequence > config.contextTokens) {
    throw failure(
      "sequence-too-long",
      "Longer than the context.",
      `≤ ${config.contextTokens}`,
      `${sequence}`,
    );
  }
  const graph = new Graph(`parley-training-${options.mode}`);
  const tokens = graph.input("tokens", "int64", [batch, sequence]);
  const targets = graph.input("targets", "int64", [batch, sequence]);
  const mask = graph.input("mask", "float32", [batch, sequence]);
  const schedule = {
    learningRate: graph.input("learningRate", "float32", []),
    firstCorrection: graph.input("firstCorrection", "float32", []),
    secondCorrection: graph.input("secondCorrection", "float32", []),
  };
  const { parameters, values, source } = trainable(graph, config, options);
  const rows = batch * sequence;
  const logits = forward(graph, config, { batch, sequence }, tokens, source);
  const losses = tokenLoss(graph, config, logits, reshape(graph, targets, [rows]));
  const loss = maskedMean(graph, losses, reshape(graph, mask, [rows]));
  const states = values.map((parameter, index) => ({
    parameter,
    first: graph.input(`${parameter.name}.first`, "float32", parameters[index]?.shape ?? []),
    second: graph.input(`${parameter.name}.second`, "float32", parameters[index]?.shape ?? []),
  }));
  const optimizer = { ...ADAMW_DEFAULTS, ...options.optimizer };
  const next = adamW(graph, states, gradients(graph, loss, values), schedule, optimizer);
  graph.output("loss", loss);
  next.forEach((state, index) => {
    const name = parameters[index]?.name ?? "";
    graph.output(`${name}.next`, state.parameter);
    graph.output(`${name}.first.next`, state.first);
    graph.output(`${name}.second.next`, state.second);
  });
  return { graph, parameters, options: optimizer, batch, sequence };
}

interface Trainable {
  readonly parameters: readonly ParameterSpec[];
  readonly values: readonly Value[];
  readonly source: ParameterSource;
}

function trainable(graph: Graph, config: LlamaConfig, mode: TrainingMode): Trainable {
  if (mode.mode === "full") {
    const parameters = parameterSpecs(config);
    const values = parameters.map(({ name, shape }) => graph.input(name, "float32", shape));
    const byName = new Map(values.map((value) => [value.name, value]));
    return { parameters, values, source: parameterSource(graph, config, byName) };
  }
  const factorsB = factorInputs(graph, config, mode.lora);
  const weights = constantParameters(graph, config, mode.weights);
  return {
    parameters: factorSpecs(config, mode.lora),
    values: [...factorsB.values()],
    source: parameterSource(graph, config, weights, { settings: mode.lora, factorsB }),
  };
}
