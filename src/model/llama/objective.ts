import { failure } from "../../core/errors.ts";
import type { LoraSettings } from "../lora/factors.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { multiply } from "../onnx/operators/elementwise.ts";
import { sumAll } from "../onnx/operators/reduce.ts";
import { reshape } from "../onnx/operators/shape.ts";
import type { LlamaConfig } from "./config.ts";
import { type ForwardOptions, forward, type ParameterSource } from "./layers.ts";
import { tokenLoss } from "./loss.ts";
import { type ParameterSpec, parameterSpecs, type Weights } from "./parameters.ts";
import { constantParameters, factorInputs, factorSpecs, parameterSource } from "./sources.ts";

/** `full` trains all weights (they are inputs); `lora` trains factor B over constant weights. */
export type TrainingMode =
  | { readonly mode: "full" }
  | { readonly mode: "lora"; readonly weights: Weights; readonly lora: LoraSettings };

/** Shape of a batch: rows × tokens of a row. */
export interface BatchShape {
  readonly batch: number;
  readonly sequence: number;
  /** Rows hold several sequences: two more inputs, positions and segments int64 [batch, sequence]. */
  readonly packed?: boolean;
  /** Logits of so many positions only: one more input, scored int64 [scored], flat; targets and mask are [scored] then. */
  readonly scored?: number;
}

export interface Trainable {
  readonly parameters: readonly ParameterSpec[];
  /** Inputs of the graph, by the parameters' names. */
  readonly values: readonly Value[];
  readonly source: ParameterSource;
}

export interface Objective extends Trainable {
  /** Σ mask · loss, nats. Shape []. */
  readonly lossSum: Value;
  /** Σ mask. Shape []. */
  readonly weightSum: Value;
}

/**
 * What training makes small: cross-entropy of the scored positions, each weighted by its mask.
 * Inputs: tokens int64 [batch, sequence]; targets int64 and mask float32, [batch, sequence] or [scored]; those of
 * `BatchShape`; the parameters. Errors: model-weights, sequence-too-long.
 */
export function buildObjective(
  graph: Graph,
  config: LlamaConfig,
  options: TrainingMode & BatchShape,
): Objective {
  const { batch, sequence, scored } = options;
  checkSequence(config, sequence);
  const rows = scored ?? batch * sequence;
  const perTarget = scored === undefined ? [batch, sequence] : [scored];
  const tokens = graph.input("tokens", "int64", [batch, sequence]);
  const targets = graph.input("targets", "int64", perTarget);
  const mask = graph.input("mask", "float32", perTarget);
  const layout = layoutInputs(graph, options);
  const trainable = trainableModel(graph, config, options);
  const logits = forward(graph, config, { batch, sequence }, tokens, trainable.source, layout);
  const losses = tokenLoss(graph, config, logits, reshape(graph, targets, [rows]));
  const weights = reshape(graph, mask, [rows]);
  return {
    ...trainable,
    lossSum: sumAll(graph, multiply(graph, losses, weights)),
    weightSum: sumAll(graph, weights),
  };
}

/** Errors: sequence-too-long. */
export function checkSequence({ contextTokens }: LlamaConfig, sequence: number): void {
  if (sequence <= contextTokens) return;
  throw failure("sequence-too-long", "Longer than the context.", `≤ ${contextTokens}`, `${sequence}`);
}

function layoutInputs(graph: Graph, { batch, sequence, packed, scored }: BatchShape): ForwardOptions {
  const packing = packed
    ? {
        positions: graph.input("positions", "int64", [batch, sequence]),
        segments: graph.input("segments", "int64", [batch, sequence]),
      }
    : undefined;
  return { packing, scored: scored === undefined ? undefined : graph.input("scored", "int64", [scored]) };
}

/** The model with its parameters as inputs of the graph. Errors: model-weights. */
export function trainableModel(graph: Graph, config: LlamaConfig, mode: TrainingMode): Trainable {
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
