import { reject } from "../errors.ts";
import type { GenesisModel } from "../genesis.ts";
import type { TensorSpec } from "../primitives.ts";

interface Tensors {
  readonly rank: number;
  readonly tensors: readonly (TensorSpec & { readonly data: { readonly length: number } })[];
}

/** Names, order, shapes and sizes must be the model's. Throws ParleyError tensor-shape. */
export function checkShapes(model: GenesisModel, value: Tensors): void {
  if (value.rank !== model.rank || value.tensors.length !== model.tensors.length) {
    throw mismatch(
      `rank ${model.rank}, ${model.tensors.length} tensors`,
      `${value.rank}, ${value.tensors.length}`,
    );
  }
  model.tensors.forEach((spec, i) => {
    const tensor = value.tensors[i];
    const received = tensor === undefined ? "nothing" : describeSpec(tensor);
    if (received !== describeSpec(spec)) throw mismatch(describeSpec(spec), received);
    if (tensor?.data.length !== spec.shape[0] * spec.shape[1]) {
      throw mismatch(`${spec.shape[0] * spec.shape[1]} values in ${spec.name}`, `${tensor?.data.length}`);
    }
  });
}

function describeSpec(spec: TensorSpec): string {
  return `${spec.name}[${spec.shape[0]}, ${spec.shape[1]}]`;
}

function mismatch(expected: string, received: string) {
  return reject("tensor-shape", "These tensors are not the model's", expected, received);
}
