import { failure } from "../errors.ts";
import type { Adapter, AdapterTensor } from "../primitives.ts";

const INT32_LIMIT = 2 ** 31 - 1;

/**
 * Adapters of one base model as one: factor A is shared and frozen, so factors B add up exactly, in any order
 * (Sun et al., FFA-LoRA, arXiv:2403.12313). Errors: base-model, tensor-shape, adapter-overflow (a sum beyond ±(2^31 − 1)).
 */
export function sumAdapters(first: Adapter, ...others: readonly Adapter[]): Adapter {
  for (const other of others) checkSame(first, other);
  if (others.length === 0) return first;
  return { ...first, tensors: first.tensors.map((tensor, index) => sumTensors(tensor, index, others)) };
}

function sumTensors(first: AdapterTensor, index: number, others: readonly Adapter[]): AdapterTensor {
  const parts = [first.data, ...others.map(({ tensors }) => tensors[index]?.data ?? new Int32Array())];
  const data = new Int32Array(first.data.length);
  for (let place = 0; place < data.length; place++) {
    let sum = 0;
    for (const part of parts) sum += part[place] ?? 0;
    if (sum > INT32_LIMIT || sum < -INT32_LIMIT) {
      throw failure(
        "adapter-overflow",
        `The adapters add up to too much in ${first.name}.`,
        `≤ ${INT32_LIMIT}`,
        `${sum}`,
      );
    }
    data[place] = sum;
  }
  return { ...first, data };
}

function checkSame(first: Adapter, other: Adapter): void {
  if (first.baseModel !== other.baseModel) {
    throw failure(
      "base-model",
      "Adapters of different models do not add up.",
      first.baseModel,
      other.baseModel,
    );
  }
  const [expected, received] = [describeAdapter(first), describeAdapter(other)];
  if (expected !== received) {
    throw failure("tensor-shape", "These adapters do not have the same tensors.", expected, received);
  }
}

function describeAdapter({ tensors }: Adapter): string {
  return tensors.map(({ name, shape, data }) => `${name}[${shape.join("×")}]:${data.length}`).join(" ");
}
