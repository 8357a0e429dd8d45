import { failure } from "../../../core/errors.ts";
import type { Graph, Value } from "../graph.ts";

/**
 * ONNX Runtime's own operators, for speed where no proof and no gradient is needed.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
const microsoft = "com.microsoft";

/** RMSNorm over the last axis. */
export function simplifiedNorm(graph: Graph, value: Value, weight: Value, epsilon: number): Value {
  return graph.emitOne("SimplifiedLayerNormalization", [value, weight], "float32", value.shape, {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
  });
}

/** sum = value + skip, and RMSNorm of it, in one pass. */
export function skipSimplifiedNorm(
  graph: Graph,
  value: Value,
  skip: Value,
  weight: Value,
  epsilon: number,
): { readonly normed: Value; readonly sum: Value } {
  const spec = { type: "float32", shape: value.shape } as const;
  const [normed, , , sum] = graph.emit(
    "SkipSimplifiedLayerNormalization",
    [value, skip, weight],
    // Mean and inverse deviation stand between; they are not used.
    [spec, { type: "float32", shape: [0] }, { type: "float32", shape: [0] }, spec],
    { domain: microsoft, attributes: { epsilon: { float: epsilon } }, omit: [1, 2] },
  );
  if (normed === undefined || sum === undefined) throw failure("graph-internal", "No value.");
  return { normed, sum };
}

/** Cuts the last axis into pieces of the given sizes. */
export function splitLast(graph: Graph, value: Value, sizes: readonly number[]): Value[] {
  return graph.emit(
    "Split",
    [value, graph.integers(sizes)],
    sizes.map((size) => ({ type: "float32", shape: [...value.shape.slice(0, -1), size] })),
    { attributes: { axis: { int: -1 } } },
  );
}

export interface GroupQueryAttention {
  /**
   * Before rotation: q/k/v merged, [1, n, (heads + 2 · keyValueHeads) · headSize], or queries, keys and values one by
   * one, [1, n, (their heads) · headSize].
   */
  readonly inputs: readonly [packed: Value] | readonly [queries: Value, keys: Value, values: Value];
  readonly past: { readonly key: Value; readonly value: Value } | undefined;
  readonly lastIndex: Value;
  readonly totalTokens: Value;
  readonly cosines: Value;
  readonly sines: Value;
  readonly heads: number;
  readonly keyValueHeads: number;
  /** A multiple of 16. */
  readonly headSize: number;
}

/** Causal attention with rotary embedding and a cache of keys and values. */
export function groupQueryAttention(graph: Graph, options: GroupQueryAttention) {
  const { past, heads, keyValueHeads, headSize } = options;
  const [queries, keys, values] = options.inputs;
  const present = { type: "float32", shape: [1, keyValueHeads, "total", headSize] } as const;
  const [output, presentKey, presentValue] = graph.emit(
    "GroupQueryAttention",
    [
      queries,
      keys,
      values,
      past?.key,
      past?.value,
      options.lastIndex,
      options.totalTokens,
      options.cosines,
      options.sines,
    ],
    [{ type: "float32", shape: [...queries.shape.slice(0, -1), heads * headSize] }, present, present],
    {
      domain: microsoft,
      attributes: {
        num_heads: { int: heads },
        kv_num_heads: { int: keyValueHeads },
        do_rotary: { int: 1 },
        rotary_interleaved: { int: 0 },
      },
    },
  );
  if (output === undefined || presentKey === undefined || presentValue === undefined) {
    throw failure("graph-internal", "No value.");
  }
  return { output, presentKey, presentValue };
}

/** Constants of a matrix with `columns` inputs in blocks of `block`: codes uint8 [rows, blocks, bytes of a block]. */
export interface QuantisedConstant {
  readonly codes: Value;
  readonly bits: number;
  readonly block: number;
  readonly rows: number;
  readonly columns: number;
}

function blockAttributes({ bits, block }: QuantisedConstant) {
  return { bits: { int: bits }, block_size: { int: block } };
}

/** value [..., columns] · matrixᵀ → [..., rows]; scales float32 [rows · blocks]. */
export function matmulQuantised(
  graph: Graph,
  value: Value,
  matrix: QuantisedConstant & { readonly scales: Value },
): Value {
  return graph.emitOne(
    "MatMulNBits",
    [value, matrix.codes, matrix.scales],
    "float32",
    [...value.shape.slice(0, -1), matrix.rows],
    {
      domain: microsoft,
      attributes: { K: { int: matrix.columns }, N: { int: matrix.rows }, ...blockAttributes(matrix) },
    },
  );
}

/** Rows `indices` of a matrix as floats, [...indices, blocks, block]; scales float32 [rows, blocks, 1]. */
export function gatherQuantised(
  graph: Graph,
  indices: Value,
  matrix: QuantisedConstant & { readonly scales: Value },
): Value {
  return graph.emitOne(
    "GatherBlockQuantized",
    [matrix.codes, indices, matrix.scales],
    "float32",
    [...indices.shape, matrix.columns / matrix.block, matrix.block],
    {
      domain: microsoft,
      attributes: { ...blockAttributes(matrix), gather_axis: { int: 0 }, quantize_axis: { int: 2 } },
    },
  );
}
