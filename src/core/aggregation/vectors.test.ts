import { describe, expect, it } from "vitest";
import { readVector } from "../../../vectors/lib/read.ts";
import { makeGenesis } from "../../../vectors/lib/world.ts";
import { unpackSparse } from "../artifacts/sparse.ts";
import { hexToBytes } from "../bytes.ts";
import { z } from "../codec/zod.ts";
import { AGGREGATORS } from "../parameters.ts";
import type { Delta } from "../primitives.ts";
import { aggregate } from "./aggregate.ts";
import { DEFAULT_AGGREGATION } from "./settings.ts";
import { sketchOf } from "./sketch.ts";
import { sparsify } from "./sparsify.ts";

const genesis = makeGenesis();
const numbers = z.array(z.int());
const head = { name: z.string(), shape: z.tuple([z.int(), z.int()]), exponent: z.int() };
const denseTensor = z.strictObject({ ...head, data: numbers });
const sparseTensor = z.strictObject({ ...head, indices: numbers, values: numbers });
const deltaEntry = { cid: z.string(), weight: z.string(), sketch: numbers };

const schema = z.object({
  deltaClipNormMicro: z.int(),
  aggregators: z.object({
    deltas: z
      .array(
        z.discriminatedUnion("type", [
          z.strictObject({ ...deltaEntry, type: z.literal("adapter"), tensors: z.array(denseTensor) }),
          z.strictObject({ ...deltaEntry, type: z.literal("sparse"), tensors: z.array(sparseTensor) }),
        ]),
      )
      .length(7),
    cases: z
      .array(z.object({ aggregator: z.enum(AGGREGATORS), count: z.int(), change: z.array(numbers) }))
      .min(16),
  }),
  sparse: z
    .array(
      z.object({
        densityPpm: z.int(),
        change: z.array(numbers),
        residual: z.array(numbers),
        tensors: z.array(z.object({ exponent: z.int(), indices: numbers, values: numbers })),
        packed: z.object({ count: z.int(), exponents: z.string(), gaps: z.string(), values: z.string() }),
      }),
    )
    .min(3),
});
const file = readVector("aggregation.json", schema);
type Entry = (typeof file.aggregators.deltas)[number];

function deltaOf(entry: Entry): Delta {
  const { rank } = genesis.model;
  if (entry.type === "adapter") {
    const tensors = entry.tensors.map((tensor) => ({ ...tensor, data: Int8Array.from(tensor.data) }));
    return { type: "adapter", rank, tensors };
  }
  const tensors = entry.tensors.map((tensor) => ({
    ...tensor,
    indices: Uint32Array.from(tensor.indices),
    values: Int8Array.from(tensor.values),
  }));
  return { type: "sparse", rank, tensors };
}

describe("vectors of aggregation, from the file alone", () => {
  it.each(file.aggregators.cases)("$aggregator of $count deltas", ({ aggregator, count, change }) => {
    const deltas = file.aggregators.deltas
      .slice(0, count)
      .map((entry) => ({ cid: entry.cid, weight: BigInt(entry.weight), delta: deltaOf(entry) }));
    const settings = { ...DEFAULT_AGGREGATION, aggregator, clipNormMicro: file.deltaClipNormMicro };
    const result = aggregate(genesis.model.tensors, deltas, settings);
    expect(result.map(({ data }) => [...data])).toEqual(change);
  });

  it("sketches", () => {
    for (const entry of file.aggregators.deltas) expect(sketchOf(deltaOf(entry))).toEqual(entry.sketch);
  });

  it.each(file.sparse)("sparse coding at $densityPpm ppm", (entry) => {
    const { count, exponents, gaps, values } = entry.packed;
    const delta = unpackSparse(genesis.model.tensors, {
      type: "sparse",
      rank: 2,
      count,
      exponents: hexToBytes(exponents),
      gaps: hexToBytes(gaps),
      values: hexToBytes(values),
    });
    const plain = delta.tensors.map(({ exponent, indices, values: sent }) => ({
      exponent,
      indices: [...indices],
      values: [...sent],
    }));
    expect(plain).toEqual(entry.tensors);
    const change = genesis.model.tensors.map((spec, i) => ({
      ...spec,
      data: Int32Array.from(entry.change[i] ?? []),
    }));
    const made = sparsify(change, 2, entry.densityPpm);
    expect(made.delta).toEqual(delta);
    expect(made.residual.map(({ data }) => [...data])).toEqual(entry.residual);
  });
});
