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

/** Cuts the last axis into `count` pieces of `size`. */
export function splitLast(graph: Graph, value: Value, size: number, count: number): Value[] {
  const shape = [...value.shape.slice(0, -1), size];
  const sizes = Array.from({ length: count }, () => size);
  return graph.emit(
    "Split",
    [value, graph.integers(sizes)],
    sizes.map(() => ({ type: "float32", shape })),
    { attributes: { axis: { int: -1 } } },
  );
}

export interface GroupQueryAttention {
  /** [1, n, (heads + 2 · keyValueHeads) · headSize], before rotation. */
  readonly packed: Value;
  readonly past: { readonly key: Value; readonly value: Value } | undefined;
  readonly lastIndex: Value;
  readonly totalTokens: Value;
  readonly cosines: Value;
  readonly sines: Value;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
}

/** Causal attention with rotary embedding and a cache of keys and values. */
export function groupQueryAttention(graph: Graph, options: GroupQueryAttention) {
  const { packed, past, heads, keyValueHeads, headSize } = options;
  const present = { type: "float32", shape: [1, keyValueHeads, "total", headSize] } as const;
  const [output, presentKey, presentValue] = graph.emit(
    "GroupQueryAttention",
    [
      packed,
      undefined,
      undefined,
      past?.key,
      past?.value,
      options.lastIndex,
      options.totalTokens,
      options.cosines,
      options.sines,
    ],
    [{ type: "float32", shape: [...packed.shape.slice(0, -1), heads * headSize] }, present, present],
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
