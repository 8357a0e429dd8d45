import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, genesis, specs } from "../../../vectors/lib/delta-arbitraries.ts";
import { applyDelta, emptyAdapter } from "../artifacts/adapter.ts";
import { addChange, type Change } from "./change.ts";
import { sparsify, withResidual } from "./sparsify.ts";

const anyChange: fc.Arbitrary<Change> = fc
  .array(
    fc.oneof(
      fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
      fc.integer({ min: -300, max: 300 }),
      fc.constant(0),
    ),
    { minLength: 14, maxLength: 14 },
  )
  .map((values) =>
    specs.map((spec, i) => ({
      ...spec,
      data: Int32Array.from(i === 0 ? values.slice(0, 8) : values.slice(8)),
    })),
  );
const density = fc.integer({ min: 1, max: 1_000_000 });

describe("sparse deltas", () => {
  it("and what they leave behind are the change, exactly", () => {
    fc.assert(
      fc.property(anyChange, density, (change, densityPpm) => {
        const { delta, residual } = sparsify(change, 2, densityPpm);
        const rest = { ...emptyAdapter(genesis), tensors: residual };
        expect((delta === null ? rest : applyDelta(rest, delta)).tensors).toEqual(change);
      }),
    );
  });

  it("hold no more values than the density allows, the largest ones, in four bits", () => {
    fc.assert(
      fc.property(anyChange, density, (change, densityPpm) => {
        const { delta } = sparsify(change, 2, densityPpm);
        const wanted = Math.max(1, Math.floor((14 * densityPpm) / 1_000_000));
        const sent = (delta?.tensors ?? []).flatMap(({ indices }, t) =>
          [...indices].map((i) => Math.abs(change[t]?.data[i] ?? 0)),
        );
        expect(sent.length).toBeLessThanOrEqual(wanted);
        const sizes = change.flatMap(({ data }) => [...data].map(Math.abs)).sort((a, b) => b - a);
        expect(Math.min(...sent, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(sizes[wanted - 1] ?? 0);
        for (const { values } of delta?.tensors ?? []) {
          expect(values.every((value) => value !== 0 && Math.abs(value) <= 7)).toBe(true);
        }
      }),
    );
  });

  it("send everything in the end: what was left behind goes with the next change", () => {
    fc.assert(
      fc.property(dense, (trained) => {
        let sum = emptyAdapter(genesis);
        let residual: Change | null = null;
        const nothing = {
          ...trained,
          tensors: trained.tensors.map((t) => ({ ...t, data: t.data.map(() => 0) })),
        };
        for (let epoch = 0; epoch < 200; epoch++) {
          const step = sparsify(withResidual(epoch === 0 ? trained : nothing, residual), 2, 150_000);
          residual = step.residual;
          if (step.delta !== null) sum = applyDelta(sum, step.delta);
        }
        expect(sum).toEqual(applyDelta(emptyAdapter(genesis), trained));
        expect(addChange(sum, residual ?? [])).toEqual(sum);
      }),
      // Two values an epoch, seven steps each at most, and 14 values of up to 127 steps.
      { numRuns: 20 },
    );
  });
});
