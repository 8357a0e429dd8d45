import fc from "fast-check";
import { isSparse } from "../../src/core/aggregation/tensors.ts";
import type { WeightedDelta } from "../../src/core/aggregation/weighted.ts";
import { utf8ToBytes } from "../../src/core/bytes.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import type {
  Cid,
  Delta,
  DeltaTensor,
  DenseDelta,
  SparseDelta,
  SparseTensor,
} from "../../src/core/primitives.ts";
import { makeGenesis } from "./world.ts";

export const genesis = makeGenesis();
export const specs = genesis.model.tensors;
const PARAMETERS = 14;

export function testCid(name: string): Cid {
  return cidOf(utf8ToBytes(name), "raw");
}

/** One exponent and all values for each of the two tensors. */
export function denseDelta(exponents: readonly [number, number], values: readonly number[]): DenseDelta {
  return {
    type: "adapter",
    rank: genesis.model.rank,
    tensors: specs.map(({ name, shape }, i) => ({
      name,
      shape,
      exponent: exponents[i] ?? 0,
      data: Int8Array.from(i === 0 ? values.slice(0, 8) : values.slice(8)),
    })),
  };
}

export function asSparse({ rank, tensors }: DenseDelta): SparseDelta {
  return {
    type: "sparse",
    rank,
    tensors: tensors.map(({ name, shape, exponent, data }) => {
      const indices = Uint32Array.from([...data.keys()].filter((i) => data[i] !== 0));
      const values = Int8Array.from(indices, (i) => data[i] ?? 0);
      return { name, shape, exponent, indices, values };
    }),
  };
}

export function asDense(delta: Delta): DenseDelta {
  const tensors = delta.tensors.map((tensor: DeltaTensor | SparseTensor) => {
    if (!isSparse(tensor)) return tensor;
    const { name, shape, exponent, indices, values } = tensor;
    const data = new Int8Array(shape[0] * shape[1]);
    indices.forEach((index, i) => {
      data[index] = values[i] ?? 0;
    });
    return { name, shape, exponent, data };
  });
  return { type: "adapter", rank: delta.rank, tensors };
}

const exponent = fc.integer({ min: -20, max: 0 });

function values(largest: number) {
  return fc.array(fc.integer({ min: -largest, max: largest }), {
    minLength: PARAMETERS,
    maxLength: PARAMETERS,
  });
}

export const dense: fc.Arbitrary<DenseDelta> = fc
  .tuple(fc.tuple(exponent, exponent), values(127))
  .map(([exponents, all]) => denseDelta(exponents, all));

export const sparse: fc.Arbitrary<SparseDelta> = fc
  .tuple(fc.tuple(exponent, exponent), values(7))
  .map(([exponents, all]) => asSparse(denseDelta(exponents, all)));

const delta: fc.Arbitrary<Delta> = fc.oneof(dense, sparse);

/** Of few distinct weights and CIDs, so that ties happen. */
export const weighted: fc.Arbitrary<WeightedDelta> = fc.record({
  cid: fc.integer({ min: 0, max: 5 }).map((i) => testCid(`delta ${i}`)),
  delta,
  weight: fc.oneof(fc.bigInt({ min: 1n, max: 3n }), fc.bigInt({ min: 1n, max: 10n ** 12n })),
});

/** As a network has them: one CID, one delta. */
export const deltas = (maximum: number) =>
  fc
    .array(weighted, { minLength: 1, maxLength: maximum })
    .map((list) => list.map((entry, i) => ({ ...entry, cid: testCid(`delta ${(i * 7) % 11}`) })));
