import type { Adapter } from "../../core/primitives.ts";
import type { Model } from "../folder.ts";
import { zeroAdapter } from "../lora/adapter.ts";
import { SeededIntegers } from "../seeded.ts";

/** An adapter of random values up to `size`, for tests. */
export function randomAdapter(model: Model, size: number, seed = "random"): Adapter {
  const integers = new SeededIntegers(seed);
  const zero = zeroAdapter(model.cid, model.tensors);
  const draw = () => Math.round((integers.fraction() * 2 - 1) * size * 2 ** 20);
  return { ...zero, tensors: zero.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map(draw) })) };
}

/** An adapter with one tensor too few. */
export function misfitAdapter(model: Model): Adapter {
  const zero = zeroAdapter(model.cid, model.tensors);
  return { ...zero, tensors: zero.tensors.slice(1) };
}
