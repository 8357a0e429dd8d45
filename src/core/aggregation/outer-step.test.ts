import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, genesis } from "../../../vectors/lib/delta-arbitraries.ts";
import { applyDelta, emptyAdapter } from "../artifacts/adapter.ts";
import { addChange } from "./change.ts";
import { outerStep } from "./outer-step.ts";
import { DEFAULT_AGGREGATION } from "./settings.ts";

const empty = emptyAdapter(genesis);

describe("outer step", () => {
  it("moves the version by the change, and keeps nothing, with β = 0 and η = 1", () => {
    fc.assert(
      fc.property(dense, dense, (at, by) => {
        const version = applyDelta(empty, at);
        const change = applyDelta(empty, by).tensors;
        const step = outerStep(version, version, change, DEFAULT_AGGREGATION);
        expect(step).toEqual({ adapter: addChange(version, change), velocity: null, change });
      }),
    );
  });

  it("lets the velocity fade and follow, rounded down", () => {
    const one = {
      ...empty,
      tensors: empty.tensors.map((t) => ({ ...t, data: t.data.map((_, i) => i - 3) })),
    };
    const settings = { ...DEFAULT_AGGREGATION, outerMomentumPpm: 500_000, outerLearningRatePpm: 500_000 };
    const step = outerStep(empty, one, one.tensors, settings);
    // v' = ⌊v/2⌋ + v, version = ⌊v'/2⌋
    expect([...(step.velocity?.tensors[0]?.data ?? [])]).toEqual([-5, -3, -2, 0, 1, 3, 4, 6]);
    expect([...(step.adapter.tensors[0]?.data ?? [])]).toEqual([-3, -2, -1, 0, 0, 1, 2, 3]);
    expect(outerStep(empty, null, one.tensors, settings).velocity).toEqual(one);
  });

  it("stays inside int32 for the largest velocities and rates", () => {
    const top = {
      ...empty,
      tensors: empty.tensors.map((t) => ({ ...t, data: t.data.map(() => 2 ** 31 - 1) })),
    };
    const settings = { ...DEFAULT_AGGREGATION, outerMomentumPpm: 999_999, outerLearningRatePpm: 2_000_000 };
    expect(outerStep(top, top, top.tensors, settings).adapter).toEqual(top);
  });
});
