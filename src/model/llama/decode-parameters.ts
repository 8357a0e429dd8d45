import { failure } from "../../core/errors.ts";
import type { LoraSettings } from "../lora/factors.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { add } from "../onnx/operators/elementwise.ts";
import { matmul, transposeLast } from "../onnx/operators/matrix.ts";
import { gather } from "../onnx/operators/shape.ts";
import type { QuantisedMatrix } from "../quantisation/blocks.ts";
import type { LinearKind, LlamaConfig } from "./config.ts";
import { PRODUCT_FLOATS, QuantisedConstants } from "./decode-products.ts";
import {
  biasName,
  EMBEDDING,
  headName,
  isLinear,
  linearName,
  type ParameterSpec,
  parameterSpecs,
} from "./parameters.ts";
import { factorInputs, parameterSource } from "./sources.ts";

/**
 * Parameters by the names of `parameterSpecs`, as they are kept in memory for answering: floats in our graphs' layout, or
 * quantised matrices of outputs by inputs (linear layers, embedding, head).
 */
export type DecodeWeights = ReadonlyMap<string, Float32Array | QuantisedMatrix>;

/** The decode graph's parameters as what is done with them. */
export interface DecodeParameters {
  /** A norm's weight. */
  vector(name: string): Value;
  /** input [1, n, inputs] through a linear layer with its bias and LoRA branch. */
  linear(layer: number, kind: LinearKind, input: Value): Value;
  /** Rows of the embedding, [...tokens, hidden]. */
  embed(tokens: Value): Value;
  /** hidden [rows, hidden] → [rows, vocabulary]. */
  logits(hidden: Value): Value;
}

export interface DecodeParameterOptions {
  readonly weights: DecodeWeights;
  readonly lora: LoraSettings;
  /** Weights of one quantised product, at most (`PRODUCT_FLOATS`). */
  readonly productFloats?: number;
}

/** Adds all parameters to the graph. Errors: model-weights (one is missing or has another size). */
export function decodeParameters(
  graph: Graph,
  config: LlamaConfig,
  { weights, lora, productFloats = PRODUCT_FLOATS }: DecodeParameterOptions,
): DecodeParameters {
  const floats = new Map<string, Value>();
  const quantised = new Map<string, QuantisedConstants>();
  for (const spec of parameterSpecs(config)) {
    const weight = weights.get(spec.name);
    if (weight === undefined) throw failure("model-weights", `The weights lack ${spec.name}.`);
    if (weight instanceof Float32Array) floats.set(spec.name, graph.constant(weight, spec.shape, spec.name));
    else {
      quantised.set(spec.name, new QuantisedConstants(graph, checkSize(spec, weight), productFloats));
    }
  }
  const factorsB = factorInputs(graph, config, lora);
  const source = parameterSource(graph, config, floats, { settings: lora, factorsB });
  return {
    vector: (name) => source.parameter(name),
    linear(layer, kind, input) {
      const name = linearName(layer, kind);
      const matrix = quantised.get(name);
      const product =
        matrix === undefined ? matmul(graph, input, source.parameter(name)) : matrix.multiply(input);
      const biased = config.biases?.includes(kind)
        ? add(graph, product, source.parameter(biasName(name)))
        : product;
      const branch = source.branch(name, input);
      return branch === undefined ? biased : add(graph, biased, branch);
    },
    embed(tokens) {
      const matrix = quantised.get(EMBEDDING);
      return matrix === undefined
        ? gather(graph, source.parameter(EMBEDDING), tokens)
        : matrix.gather(tokens);
    },
    logits(hidden) {
      const name = headName(config);
      const matrix = quantised.get(name);
      if (matrix !== undefined) return matrix.multiply(hidden);
      return matmul(graph, hidden, transposeLast(graph, source.parameter(name)));
    },
  };
}

function checkSize({ name, shape }: ParameterSpec, matrix: QuantisedMatrix): QuantisedMatrix {
  const received = [matrix.rows, matrix.columns];
  // Linear layers lie as inputs by outputs among floats; tables lie the same way in both forms.
  const expected = isLinear(name) ? shape.toReversed() : shape;
  if (received.join() === expected.join()) return matrix;
  throw failure("model-weights", `${name} has another size.`, expected.join("×"), received.join("×"));
}
