import { failure } from "../../core/errors.ts";
import type { LoraSettings } from "../lora/factors.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { add } from "../onnx/operators/elementwise.ts";
import { gatherQuantised, matmulQuantised, type QuantisedConstant } from "../onnx/operators/fused.ts";
import { matmul, transposeLast } from "../onnx/operators/matrix.ts";
import { concatLast, gather } from "../onnx/operators/shape.ts";
import { BLOCK, codeBytes, type QuantisedMatrix } from "../quantisation/blocks.ts";
import type { LinearKind, LlamaConfig } from "./config.ts";
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

/** Adds all parameters to the graph. Errors: model-weights (one is missing or has another size). */
export function decodeParameters(
  graph: Graph,
  config: LlamaConfig,
  { weights, lora }: { readonly weights: DecodeWeights; readonly lora: LoraSettings },
): DecodeParameters {
  const floats = new Map<string, Value>();
  const quantised = new Map<string, QuantisedMatrix>();
  for (const spec of parameterSpecs(config)) {
    const weight = weights.get(spec.name);
    if (weight === undefined) throw failure("model-weights", `The weights lack ${spec.name}.`);
    if (weight instanceof Float32Array) floats.set(spec.name, graph.constant(weight, spec.shape, spec.name));
    else quantised.set(spec.name, checkSize(spec, weight));
  }
  const factorsB = factorInputs(graph, config, lora);
  const source = parameterSource(graph, config, floats, { settings: lora, factorsB });
  return {
    vector: (name) => source.parameter(name),
    linear(layer, kind, input) {
      const name = linearName(layer, kind);
      const matrix = quantised.get(name);
      const product =
        matrix === undefined
          ? matmul(graph, input, source.parameter(name))
          : quantisedProduct(graph, input, matrix);
      const biased = config.biases?.includes(kind)
        ? add(graph, product, source.parameter(biasName(name)))
        : product;
      const branch = source.branch(name, input);
      return branch === undefined ? biased : add(graph, biased, branch);
    },
    embed(tokens) {
      const matrix = quantised.get(EMBEDDING);
      if (matrix === undefined) return gather(graph, source.parameter(EMBEDDING), tokens);
      return gatherQuantised(graph, rowConstants(graph, matrix), tokens);
    },
    logits(hidden) {
      const name = headName(config);
      const matrix = quantised.get(name);
      if (matrix !== undefined) return quantisedProduct(graph, hidden, matrix);
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

/**
 * Floats of one product. Where ONNX Runtime has no kernel for a form (WebAssembly), it unpacks all of the product's
 * weights into a buffer for every run: the head of a large vocabulary would need more than the whole quantised model.
 */
const PRODUCT_FLOATS = 2 ** 21;

function quantisedProduct(graph: Graph, input: Value, matrix: QuantisedMatrix): Value {
  const rows = Math.max(1, Math.floor(PRODUCT_FLOATS / matrix.columns));
  const products: Value[] = [];
  for (let from = 0; from < matrix.rows; from += rows) {
    products.push(matmulQuantised(graph, input, blockConstants(graph, rowsOf(matrix, from, from + rows))));
  }
  const [first] = products;
  return products.length === 1 && first !== undefined ? first : concatLast(graph, products);
}

function rowsOf(matrix: QuantisedMatrix, from: number, to: number): QuantisedMatrix {
  const { form, columns } = matrix;
  const end = Math.min(to, matrix.rows);
  return {
    form,
    columns,
    rows: end - from,
    codes: matrix.codes.subarray(codeBytes(form, from * columns), codeBytes(form, end * columns)),
    scales: matrix.scales.subarray((from * columns) / BLOCK, (end * columns) / BLOCK),
  };
}

const common = ({ form, rows, columns }: QuantisedMatrix) =>
  ({ bits: form === "int8" ? 8 : 4, block: BLOCK, rows, columns }) as const;

/** As MatMulNBits takes a matrix. */
function blockConstants(graph: Graph, matrix: QuantisedMatrix): QuantisedConstant {
  const { form, rows, columns, codes, scales } = matrix;
  const blocks = columns / BLOCK;
  return {
    ...common(matrix),
    codes: graph.constant(codes, [rows, blocks, codeBytes(form, BLOCK)]),
    scales: graph.constant(scales, [rows * blocks]),
  };
}

/** As GatherBlockQuantized takes a matrix. */
function rowConstants(graph: Graph, matrix: QuantisedMatrix): QuantisedConstant {
  const { form, rows, columns, codes, scales } = matrix;
  return {
    ...common(matrix),
    codes: graph.constant(codes, [rows, codeBytes(form, columns)]),
    scales: graph.constant(scales, [rows, columns / BLOCK]),
  };
}
