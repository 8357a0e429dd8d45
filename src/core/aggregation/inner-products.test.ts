import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asDense, asSparse, deltas } from "../../../vectors/lib/delta-arbitraries.ts";
import type { Delta, DenseDelta } from "../primitives.ts";
import { innerProducts } from "./inner-products.ts";

function slow(a: Delta, b: Delta): bigint {
  const [x, y] = [asDense(a), asDense(b)];
  return x.tensors.reduce((sum, { data, exponent }, t) => {
    const other = y.tensors[t];
    const shift = BigInt(exponent + (other?.exponent ?? 0) + 40);
    const product = data.reduce((part, value, i) => part + BigInt(value * (other?.data[i] ?? 0)), 0n);
    return sum + (product << shift);
  }, 0n);
}

/** 2,500 values: more than two blocks. */
function long(seed: number): DenseDelta {
  let x = seed;
  const data = Int8Array.from({ length: 2_500 }, () => {
    x = (x * 1_103_515_245 + 12_345) % 2 ** 31;
    return (x >> 16) % 128;
  });
  return { type: "adapter", rank: 1, tensors: [{ name: "w", shape: [1, 2_500], exponent: -7, data }] };
}

function expectExact(list: readonly Delta[]): void {
  expect(innerProducts(list)).toEqual(list.map((a) => list.map((b) => slow(a, b))));
}

describe("inner products", () => {
  it("are exact for dense and sparse deltas of any exponents", () => {
    fc.assert(fc.property(deltas(10), (list) => expectExact(list.map(({ delta }) => delta))));
  });

  it("are exact over many blocks, also where all values are as large as they can be", () => {
    const fill = (value: number): DenseDelta => {
      const { tensors, ...rest } = long(1);
      return {
        ...rest,
        tensors: tensors.map((tensor) => ({ ...tensor, data: tensor.data.map(() => value) })),
      };
    };
    expectExact([long(1), long(2), fill(127), fill(-127), long(3), asSparse(long(4)), fill(127)]);
  });
});
