import { failure } from "../../core/errors.ts";
import type { Graph, Value } from "../onnx/graph.ts";
import { add, multiply, subtract } from "../onnx/operators/elementwise.ts";
import { groupQueryAttention, simplifiedNorm, splitLast } from "../onnx/operators/fused.ts";
import { matmul } from "../onnx/operators/matrix.ts";
import { concatSymbolic, reshapeSymbolic, sliceBetween, transpose } from "../onnx/operators/shape.ts";
import { softmax } from "../onnx/operators/softmax.ts";
import type { LlamaConfig } from "./config.ts";
import type { DecodeParameters } from "./decode-parameters.ts";
import { headNormName } from "./parameters.ts";
import { rotaryTables } from "./rotary.ts";

export const pastName = (layer: number, part: "key" | "value"): string => `past.${layer}.${part}`;
export const presentName = (layer: number, part: "key" | "value"): string => `present.${layer}.${part}`;

/** Attention of one block: merged q/k/v [1, n, all heads · headSize] → [1, n, heads · headSize]. */
export type Attend = (layer: number, packed: Value) => Value;

/** By ONNX Runtime's fused operator, where it takes the heads, or by ordinary operators. */
export type AttentionKind = "fused" | "composed";

/** ONNX Runtime's fused operator turns heads of these sizes only. */
const FUSED_HEAD_STEP = 16;

/** Whether the fused operator takes the heads of this model. */
export function fusesAttention({ headSize }: Pick<LlamaConfig, "headSize">): boolean {
  return headSize % FUSED_HEAD_STEP === 0;
}

/** Adds the cache's inputs to the graph, and its outputs as each block attends. */
export function decodeAttention(
  graph: Graph,
  config: LlamaConfig,
  parameters: DecodeParameters,
  options: { readonly tokens: Value; readonly newRows: boolean; readonly attention: AttentionKind },
): Attend {
  const { tokens, newRows, attention } = options;
  const cache = cacheInputs(graph, config, newRows);
  return attention === "fused" && fusesAttention(config)
    ? fusedAttention(graph, config, parameters, cache)
    : composedAttention(graph, config, parameters, { ...cache, tokens });
}

interface Cache {
  readonly lastIndex: Value;
  readonly totalTokens: Value;
  /** [contextTokens, headSize / 2] */
  readonly cosines: Value;
  readonly sines: Value;
  readonly past: readonly Pair[];
  /** Where the new rows begin; absent where the whole cache is a result. */
  readonly rowsFrom: Value | undefined;
}

interface Pair {
  readonly key: Value;
  readonly value: Value;
}

function cacheInputs(graph: Graph, config: LlamaConfig, newRows: boolean): Cache {
  const shape = [1, config.keyValueHeads, "past", config.headSize];
  const { cosines, sines } = rotaryTables(config);
  const table = [config.contextTokens, config.headSize / 2];
  return {
    lastIndex: graph.input("lastIndex", "int32", [1]),
    totalTokens: graph.input("totalTokens", "int32", [1]),
    cosines: graph.constant(cosines, table),
    sines: graph.constant(sines, table),
    past: Array.from({ length: config.layers }, (_, layer) => ({
      key: graph.input(pastName(layer, "key"), "float32", shape),
      value: graph.input(pastName(layer, "value"), "float32", shape),
    })),
    rowsFrom: newRows ? graph.input("rowsFrom", "int64", [1]) : undefined,
  };
}

function pastOf(cache: Cache, layer: number): Pair {
  const pair = cache.past[layer];
  if (pair === undefined) throw failure("graph-internal", `The cache lacks layer ${layer}.`);
  return pair;
}

function outputCache(graph: Graph, layer: number, { key, value }: Pair): void {
  graph.output(presentName(layer, "key"), key);
  graph.output(presentName(layer, "value"), value);
}

function fusedAttention(
  graph: Graph,
  config: LlamaConfig,
  parameters: DecodeParameters,
  cache: Cache,
): Attend {
  const rowsOf = (present: Value): Value => {
    if (cache.rowsFrom === undefined) return present;
    return sliceBetween(graph, present, 2, { from: cache.rowsFrom, size: "n" });
  };
  return (layer, packed) => {
    const { output, presentKey, presentValue } = groupQueryAttention(graph, {
      inputs: config.queryKeyNorm ? normedInputs(graph, config, parameters, layer, packed) : [packed],
      past: pastOf(cache, layer),
      lastIndex: cache.lastIndex,
      totalTokens: cache.totalTokens,
      cosines: cache.cosines,
      sines: cache.sines,
      heads: config.heads,
      keyValueHeads: config.keyValueHeads,
      headSize: config.headSize,
    });
    outputCache(graph, layer, { key: rowsOf(presentKey), value: rowsOf(presentValue) });
    return output;
  };
}

/** Queries, keys and values, each [1, n, its heads · headSize], queries and keys normed by head where the model says so. */
function normedInputs(
  graph: Graph,
  config: LlamaConfig,
  parameters: DecodeParameters,
  layer: number,
  packed: Value,
): readonly [Value, Value, Value] {
  const { heads, keyValueHeads, headSize } = config;
  const sizes = [heads, keyValueHeads, keyValueHeads].map((count) => count * headSize);
  const [queries = packed, keys = packed, values = packed] = splitLast(graph, packed, sizes);
  if (!config.queryKeyNorm) return [queries, keys, values];
  const norm = (part: Value, count: number, which: "q" | "k") => {
    // 0 keeps a dimension: n is known at run time only.
    const byHead = reshapeSymbolic(graph, part, [0, 0, count, headSize], [1, "n", count, headSize]);
    const weight = parameters.vector(headNormName(layer, which));
    const normed = simplifiedNorm(graph, byHead, weight, config.normEpsilon);
    return reshapeSymbolic(graph, normed, [0, 0, count * headSize], [1, "n", count * headSize]);
  };
  return [norm(queries, heads, "q"), norm(keys, keyValueHeads, "k"), values];
}

interface Positions {
  /** [n, headSize / 2] */
  readonly cosines: Value;
  readonly sines: Value;
  /** [n, total]: 0 where a token may look, −1e9 elsewhere. */
  readonly mask: Value;
  /** int64 [1]: rows of the cache in use. */
  readonly used: Value;
}

/** Attention from ordinary operators: for many tokens at once, and for sizes of heads that the fused one does not take. */
function composedAttention(
  graph: Graph,
  config: LlamaConfig,
  parameters: DecodeParameters,
  cache: Cache & { readonly tokens: Value },
): Attend {
  const { heads, keyValueHeads, headSize } = config;
  const positions = newPositions(graph, config, cache);
  const group = heads / keyValueHeads;
  const byHead = (part: Value, count: number): Value => {
    const split = reshapeSymbolic(graph, part, [1, -1, count, headSize], [1, "n", count, headSize]);
    return transpose(graph, split, [0, 2, 1, 3]);
  };
  /** Old rows in use, then the new ones: [1, keyValueHeads, total, headSize]. */
  const extend = (past: Value, rows: Value): Value => {
    const used = sliceBetween(graph, past, 2, { to: positions.used, size: "used" });
    return concatSymbolic(graph, [used, rows], 2, "total");
  };
  return (layer, packed) => {
    const [queries, keys, values] = normedInputs(graph, config, parameters, layer, packed);
    const newKeys = rotate(graph, config, byHead(keys, keyValueHeads), positions);
    const newValues = byHead(values, keyValueHeads);
    const past = pastOf(cache, layer);
    const [allKeys, allValues] = [extend(past.key, newKeys), extend(past.value, newValues)];
    const whole = cache.rowsFrom === undefined;
    outputCache(graph, layer, {
      key: whole ? allKeys : newKeys,
      value: whole ? allValues : newValues,
    });
    // Query heads of one key head are neighbours: [keyValueHeads, group, n, headSize] against [keyValueHeads, 1, …].
    const grouped = reshapeSymbolic(
      graph,
      rotate(graph, config, byHead(queries, heads), positions),
      [keyValueHeads, group, -1, headSize],
      [keyValueHeads, group, "n", headSize],
    );
    const shared = (all: Value, axes: readonly number[]) => transpose(graph, all, axes);
    const scores = matmul(graph, grouped, shared(allKeys, [1, 0, 3, 2]));
    const scaled = multiply(graph, scores, graph.scalar(1 / Math.sqrt(headSize)));
    const probabilities = softmax(graph, add(graph, scaled, positions.mask));
    const mixed = matmul(graph, probabilities, shared(allValues, [1, 0, 2, 3]));
    const width = heads * headSize;
    return reshapeSymbolic(graph, transpose(graph, mixed, [2, 0, 1, 3]), [1, -1, width], [1, "n", width]);
  };
}

function newPositions(
  graph: Graph,
  config: LlamaConfig,
  cache: Cache & { readonly tokens: Value },
): Positions {
  const total = graph.emitOne("Cast", [cache.totalTokens], "int64", [1], {
    attributes: { to: { int: INT64 } },
  });
  const count = graph.emitOne("Shape", [cache.tokens], "int64", [1], { attributes: { start: { int: 1 } } });
  const used = subtract(graph, total, count);
  const range = { from: used, to: total, size: "n" };
  const numbers = Int32Array.from({ length: config.contextTokens }, (_, position) => position);
  const order = graph.constant(numbers, [config.contextTokens]);
  const columns = sliceBetween(graph, order, 0, { to: total, size: "total" });
  const rows = reshapeSymbolic(graph, sliceBetween(graph, order, 0, range), [-1, 1], ["n", 1]);
  const seen = graph.emitOne("LessOrEqual", [columns, rows], "bool", ["n", "total"]);
  return {
    cosines: sliceBetween(graph, cache.cosines, 0, range),
    sines: sliceBetween(graph, cache.sines, 0, range),
    mask: graph.emitOne("Where", [seen, graph.scalar(0), graph.scalar(-1e9)], "float32", ["n", "total"]),
    used,
  };
}

/** TensorProto.DataType of the ONNX specification. */
const INT64 = 7;

/** Halves (a, b) of each head turn to (a·cos − b·sin, b·cos + a·sin). */
function rotate(graph: Graph, config: LlamaConfig, value: Value, { cosines, sines }: Positions): Value {
  const half = config.headSize / 2;
  const [a = value, b = value] = splitLast(graph, value, [half, half]);
  const first = subtract(graph, multiply(graph, a, cosines), multiply(graph, b, sines));
  const second = add(graph, multiply(graph, b, cosines), multiply(graph, a, sines));
  return concatSymbolic(graph, [first, second], 3, config.headSize);
}
