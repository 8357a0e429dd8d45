import { reject } from "../errors.ts";
import type { GenesisModel } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Delta, SparseDelta, TensorSpec } from "../primitives.ts";

interface Specs {
  readonly rank: number;
  readonly tensors: readonly TensorSpec[];
}

interface Tensors extends Specs {
  readonly tensors: readonly (TensorSpec & { readonly data: { readonly length: number } })[];
}

/** Names, order, shapes and sizes must be the model's. Throws ParleyError tensor-shape. */
export function checkShapes(model: GenesisModel, value: Tensors): void {
  checkSpecs(model, value);
  for (const { name, shape, data } of value.tensors) {
    if (data.length !== shape[0] * shape[1]) {
      throw mismatch(`${shape[0] * shape[1]} values in ${name}`, `${data.length}`);
    }
  }
}

function checkSpecs(model: GenesisModel, value: Specs): void {
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
  });
}

/**
 * A delta must have the model's tensors, a sparse one places inside them, and "full" is for tiny models only.
 * Throws ParleyError tensor-shape, delta-type.
 */
export function checkDelta(model: GenesisModel, delta: Delta): void {
  if (delta.type === "sparse") {
    checkPlaces(delta);
    checkSpecs(model, delta);
    return;
  }
  checkShapes(model, delta);
  const parameters = model.tensors.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  if (delta.type === "full" && parameters > LIMITS.fullDeltaParameters) {
    const message = "Only a tiny model's weights are sent in full";
    throw reject("delta-type", message, `at most ${LIMITS.fullDeltaParameters} values`, `${parameters}`);
  }
}

function checkPlaces({ tensors }: SparseDelta): void {
  for (const { name, shape, indices, values } of tensors) {
    let next = 0;
    for (const index of indices) {
      if (index < next) throw mismatch(`ascending places in ${name}`, `${index}`);
      next = index + 1;
    }
    if (next > shape[0] * shape[1] || values.length !== indices.length) {
      throw mismatch(`${indices.length} values inside ${name}`, `${values.length} up to ${next}`);
    }
    if (values.some((value) => value === 0 || value > 7 || value < -7)) {
      throw mismatch(`values from −7 to 7 without 0 in ${name}`, "others");
    }
  }
}

function describeSpec(spec: TensorSpec): string {
  return `${spec.name}[${spec.shape[0]}, ${spec.shape[1]}]`;
}

function mismatch(expected: string, received: string) {
  return reject("tensor-shape", "These tensors are not the model's", expected, received);
}
