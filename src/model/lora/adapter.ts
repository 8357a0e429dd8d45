import { ADAPTER_EXPONENT, type Adapter, type Cid, type TensorSpec } from "../../core/primitives.ts";
import { factorName } from "../llama/sources.ts";
import { type Feeds, float32, type TensorData } from "../runtime/runtime.ts";

const SCALE = 2 ** ADAPTER_EXPONENT;

/** The adapter that changes nothing. */
export function zeroAdapter(baseModel: Cid, tensors: readonly TensorSpec[]): Adapter {
  return {
    baseModel,
    rank: tensors[0]?.shape[0] ?? 0,
    tensors: tensors.map(({ name, shape }) => ({ name, shape, data: new Int32Array(shape[0] * shape[1]) })),
  };
}

/** Factor B in float32, by tensor name: integer · 2^-20, rounded once (exact below 2^24). */
export function adapterFloats(adapter: Adapter): Map<string, Float32Array> {
  return new Map(
    adapter.tensors.map(({ name, data }) => [name, Float32Array.from(data, (value) => value * SCALE)]),
  );
}

/** Graph inputs that carry an adapter. */
export function adapterFeeds(adapter: Adapter): Feeds {
  const floats = adapterFloats(adapter);
  const feeds: Record<string, TensorData> = {};
  for (const { name, shape } of adapter.tensors) {
    feeds[factorName(name)] = float32(floats.get(name) ?? new Float32Array(), shape);
  }
  return feeds;
}
