import { describe, expect, it } from "vitest";
import { arcs, phaseElapsed } from "./phases.ts";

const clock = { epoch: 3, phase: "verify", phaseStartMs: 1_000, phaseEndMs: 2_000 } as const;

describe("phase ring", () => {
  it("fills the phases passed, part of the running one, none of those to come", () => {
    expect(arcs(clock, 1_250)).toEqual([1, 1, 0.25, 0]);
  });

  it("stays within the phase when the clock is early or late", () => {
    expect(phaseElapsed(clock, 0)).toBe(0);
    expect(phaseElapsed(clock, 9_000)).toBe(1);
    expect(phaseElapsed({ ...clock, phaseEndMs: 1_000 }, 1_500)).toBe(0);
  });
});
