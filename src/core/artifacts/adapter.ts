/** Adapter version: DAG-CBOR { version: 1, baseModel: link, rank, tensors: [{ name, shape, data: int32 LE bytes }] }. */

import { type AnyTensor, isSparse, parameterCount, stepOf } from "../aggregation/tensors.ts";
import { decodeBlock, encodeBlock } from "../codec/block.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { reject } from "../errors.ts";
import { saturateInt32 } from "../fixed-point/integers.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Adapter, Cid, Delta } from "../primitives.ts";
import { adapter as schema } from "./schema.ts";
import { checkShapes } from "./shape.ts";

/** Errors: unencodable, tensor-shape. */
export function encodeAdapter(genesis: Genesis, adapter: Adapter): Uint8Array {
  checkShapes(genesis.model, adapter);
  return encodeBlock(schema, "adapter", { version: 1 as const, ...adapter });
}

/** Errors: too-large, malformed-cbor, not-canonical, unknown-field, schema, tensor-shape, base-model. */
export function decodeAdapter(genesis: Genesis, bytes: Uint8Array): Adapter {
  const { version: _, ...adapter } = decodeBlock(schema, "adapter", bytes, LIMITS.artifactBytes);
  checkShapes(genesis.model, adapter);
  if (adapter.baseModel !== genesis.model.manifestCid) {
    throw reject("base-model", "An adapter of another model", genesis.model.manifestCid, adapter.baseModel);
  }
  return adapter;
}

/** The first version: factor B all zeros, which leaves the base model as it is. */
export function emptyAdapter(genesis: Genesis): Adapter {
  return {
    baseModel: genesis.model.manifestCid,
    rank: genesis.model.rank,
    tensors: genesis.model.tensors.map(({ name, shape }) => ({
      name,
      shape,
      data: new Int32Array(shape[0] * shape[1]),
    })),
  };
}

export function adapterCid(genesis: Genesis, adapter: Adapter): Cid {
  return cidOf(encodeAdapter(genesis, adapter));
}

/** `adapter` + `delta`, not clipped: what a submission's metrics are measured on. Values saturate at int32. */
export function applyDelta(adapter: Adapter, delta: Delta): Adapter {
  return {
    ...adapter,
    tensors: adapter.tensors.map((tensor, i) => {
      const change = delta.tensors[i];
      if (change?.name !== tensor.name || parameterCount(change) !== tensor.data.length) {
        throw reject(
          "tensor-shape",
          "These tensors are not the model's",
          tensor.name,
          change?.name ?? "nothing",
        );
      }
      return { ...tensor, data: addTensor(tensor.data, change) };
    }),
  };
}

function addTensor(values: Int32Array, change: AnyTensor): Int32Array {
  const step = stepOf(change);
  if (!isSparse(change)) return values.map((value, i) => saturateInt32(value + (change.data[i] ?? 0) * step));
  const sum = values.slice();
  change.indices.forEach((index, i) => {
    sum[index] = saturateInt32((sum[index] ?? 0) + (change.values[i] ?? 0) * step);
  });
  return sum;
}
