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
  return new Map(adapter.tensors.map(({ name, data }) => [name, scaled(data)]));
}

/** A plain loop: `Float32Array.from` with a function takes several times as long, and adapters are swapped between answers. */
function scaled(data: Int32Array): Float32Array {
  const floats = new Float32Array(data.length);
  for (let index = 0; index < data.length; index++) floats[index] = (data[index] ?? 0) * SCALE;
  return floats;
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
