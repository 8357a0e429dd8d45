import type { LlamaConfig } from "../llama/config.ts";
import { buildDecodeGraph, pastName, presentName } from "../llama/decode-graph.ts";
import type { DecodeParameterOptions } from "../llama/decode-parameters.ts";
import { factorSpecs } from "../llama/sources.ts";
import { encodeModel } from "../onnx/encode.ts";
import { elementCount } from "../onnx/graph.ts";
import { float32, int32, int64, type Runtime, type TensorData } from "../runtime/runtime.ts";

const PARTS = ["key", "value"] as const;

export interface DecodeRequest extends DecodeParameterOptions {
  readonly tokens: readonly number[];
  /** Ends of the pieces that are read one after the other. */
  readonly cuts: readonly number[];
  /** The caller keeps the cache, with room to spare. */
  readonly newRows?: boolean;
}

/** Runs the decode graph over pieces of `tokens` with an adapter of zeros; logits after each piece. */
export async function decodeLogits(
  runtime: Runtime,
  config: LlamaConfig,
  request: DecodeRequest,
): Promise<Float32Array[]> {
  const { lora, tokens, cuts, newRows = false } = request;
  const graph = buildDecodeGraph(config, request);
  const session = await runtime.createSession(await encodeModel(graph));
  const factors = Object.fromEntries(
    factorSpecs(config, lora).map(({ name, shape }) => [
      name,
      float32(new Float32Array(elementCount(shape)), shape),
    ]),
  );
  let cache = emptyCache(config, newRows ? config.contextTokens : 0);
  const logits: Float32Array[] = [];
  let from = 0;
  for (const to of cuts) {
    const results = await session.run({
      ...factors,
      ...cache,
      tokens: int64(BigInt64Array.from(tokens.slice(from, to), BigInt), [1, to - from]),
      lastIndex: int32(Int32Array.of(to - 1), [1]),
      totalTokens: int32(Int32Array.of(to), [1]),
      ...(newRows ? { rowsFrom: int64(BigInt64Array.of(BigInt(from)), [1]) } : {}),
    });
    cache = Object.fromEntries(
      names(config).map(({ past, present }) => {
        const rows = results[present];
        const room = cache[past];
        if (rows === undefined || room === undefined) throw new Error(`no ${present}`);
        return [past, newRows ? placed(config, room, rows, from, to - from) : rows];
      }),
    );
    if (results.logits?.data instanceof Float32Array) logits.push(results.logits.data);
    from = to;
  }
  await session.release();
  return logits;
}

function names(config: LlamaConfig): { past: string; present: string }[] {
  return Array.from({ length: config.layers }, (_, layer) =>
    PARTS.map((part) => ({ past: pastName(layer, part), present: presentName(layer, part) })),
  ).flat();
}

function emptyCache(config: LlamaConfig, capacity: number): Record<string, TensorData> {
  const shape = [1, config.keyValueHeads, capacity, config.headSize];
  // What lies in rows that are not in use must not matter.
  return Object.fromEntries(
    names(config).map(({ past }) => [past, float32(new Float32Array(elementCount(shape)).fill(7), shape)]),
  );
}

function placed(
  { keyValueHeads, headSize }: LlamaConfig,
  room: TensorData,
  rows: TensorData,
  from: number,
  count: number,
): TensorData {
  const capacity = room.shape[2] ?? 0;
  if (!(room.data instanceof Float32Array && rows.data instanceof Float32Array)) throw new Error("no floats");
  const data = room.data.slice();
  const given = rows.shape[2] ?? 0;
  for (let head = 0; head < keyValueHeads; head++) {
    const start = head * given * headSize;
    data.set(rows.data.subarray(start, start + count * headSize), (head * capacity + from) * headSize);
  }
  return float32(data, room.shape);
}
