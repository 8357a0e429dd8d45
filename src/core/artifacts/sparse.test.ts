import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sparse, specs } from "../../../vectors/lib/delta-arbitraries.ts";
import { Author, makeGenesis, submit } from "../../../vectors/lib/world.ts";
import { ParleyError } from "../errors.ts";
import type { SparseDelta } from "../primitives.ts";
import { decodeBundle, encodeBundle } from "./bundle.ts";
import { type PackedDelta, packSparse, unpackSparse } from "./sparse.ts";
import { genesisState } from "./state.ts";

const genesis = makeGenesis();
const filled = sparse.filter(({ tensors }) => tensors.some(({ indices }) => indices.length > 0));
/** An empty tensor has one exponent only. */
const canonical = filled.map(
  (delta): SparseDelta => ({
    ...delta,
    tensors: delta.tensors.map((t) => (t.indices.length === 0 ? { ...t, exponent: -20 } : t)),
  }),
);

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof ParleyError) return `${thrown.data.verdict} ${thrown.code}`;
    throw thrown;
  }
  return "accepted";
}

function valid(): PackedDelta {
  const [first, second] = specs;
  if (first === undefined || second === undefined) throw new Error("no specs");
  return packSparse({
    type: "sparse",
    rank: 2,
    tensors: [
      { ...first, exponent: -10, indices: Uint32Array.of(1, 7), values: Int8Array.of(3, -7) },
      { ...second, exponent: -8, indices: Uint32Array.of(0), values: Int8Array.of(1) },
    ],
  });
}

describe("sparse deltas on the wire", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(canonical, (delta) => {
        expect(unpackSparse(specs, packSparse(delta))).toEqual(delta);
      }),
    );
  });

  it("have one encoding: whatever decodes encodes to the same bytes", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 5 });
    const packed = fc.record({
      type: fc.constant("sparse" as const),
      rank: fc.constant(2),
      exponents: fc.uint8Array({ minLength: 2, maxLength: 2, max: 21 }),
      count: fc.integer({ min: 1, max: 15 }),
      gaps: bytes,
      values: bytes,
    });
    let accepted = 0;
    const check = (candidate: PackedDelta) => {
      const code = codeOf(() => expect(packSparse(unpackSparse(specs, candidate))).toEqual(candidate));
      if (code === "accepted") accepted++;
      else expect(code).toBe("REJECT sparse-coding");
    };
    fc.assert(fc.property(packed, check), { numRuns: 2_000 });
    const flipped = fc.tuple(
      canonical.map(packSparse),
      fc.constantFrom("exponents", "gaps", "values"),
      fc.nat(),
    );
    fc.assert(
      fc.property(flipped, ([from, field, at]) => {
        const changed = from[field].slice();
        const bit = at % (changed.length * 8);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        check({ ...from, [field]: changed });
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it.each<[string, Partial<PackedDelta>, string]>([
    ["a value that is 0", { values: Uint8Array.of(0x1b, 0x08) }, "sparse-coding"],
    ["a value of −8", { values: Uint8Array.of(0x0b, 0x09) }, "sparse-coding"],
    ["half a byte too many", { values: Uint8Array.of(0x1b, 0x19) }, "sparse-coding"],
    ["too few values", { values: Uint8Array.of(0x1b) }, "sparse-coding"],
    ["more values than parameters", { count: 15 }, "sparse-coding"],
    ["a byte after the last gap", { gaps: Uint8Array.of(...valid().gaps, 0) }, "sparse-coding"],
    ["no gaps", { gaps: new Uint8Array() }, "sparse-coding"],
    ["a gap that leaves the model", { gaps: Uint8Array.of(0xff, 0xf0, 0) }, "sparse-coding"],
    ["an exponent above 0", { exponents: Uint8Array.of(21, 12) }, "sparse-coding"],
    ["as many exponents as another model has tensors", { exponents: Uint8Array.of(10) }, "tensor-shape"],
  ])("refuse %s", (_, change, code) => {
    expect(codeOf(() => unpackSparse(specs, valid()))).toBe("accepted");
    expect(codeOf(() => unpackSparse(specs, { ...valid(), ...change }))).toBe(`REJECT ${code}`);
  });

  it("refuse an exponent of a tensor without values", () => {
    const delta = unpackSparse(specs, valid());
    const [first, second] = delta.tensors;
    if (first === undefined || second === undefined) throw new Error("no tensors");
    const empty = { ...second, indices: new Uint32Array(), values: new Int8Array() };
    const packed = packSparse({ ...delta, tensors: [first, empty] });
    expect(codeOf(() => unpackSparse(specs, packed))).toBe("REJECT sparse-coding");
  });

  it("travel in bundles", () => {
    const { bundleBytes } = submit(genesis, genesisState(genesis), new Author(genesis, "0"), {
      epoch: 1,
      metrics: { lossMicroNats: 4_900_000, accuracyPpm: 210_000 },
    });
    const bundle = { ...decodeBundle(genesis, bundleBytes), delta: unpackSparse(specs, valid()) };
    expect(decodeBundle(genesis, encodeBundle(genesis, bundle))).toEqual(bundle);
    const dense = decodeBundle(genesis, bundleBytes).delta;
    if (dense.type === "sparse") throw new Error("not dense");
    const full = { ...bundle, delta: { ...dense, type: "full" as const } };
    expect(decodeBundle(genesis, encodeBundle(genesis, full))).toEqual(full);
    const large = { ...genesis.model, tensors: [{ name: "w", shape: [2, 40_000] as const }] };
    const tensors = [{ name: "w", shape: [2, 40_000] as const, exponent: -9, data: new Int8Array(80_000) }];
    const other = { ...full, delta: { ...full.delta, tensors } };
    expect(codeOf(() => encodeBundle({ ...genesis, model: large }, other))).toBe("REJECT delta-type");
  });
});
