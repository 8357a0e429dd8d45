import { describe, expect, it } from "vitest";
import { makeGenesis, START_MS } from "../../../vectors/lib/world.ts";
import { epochAt, epochLengthMs, phaseAt, phaseWindow, registryTimestampMs, roundAt } from "./clock.ts";

const genesis = makeGenesis();

describe("epoch clock", () => {
  it.each([
    [-1, -1, undefined],
    [0, 0, "commit"],
    [19_999, 0, "commit"],
    [20_000, 0, "reveal"],
    [30_000, 0, "verify"],
    [45_000, 0, "sign"],
    [59_999, 0, "sign"],
    [60_000, 1, "commit"],
    [6_030_000, 100, "verify"],
  ])("%i ms after the start is epoch %i, %s", (offsetMs, epoch, phase) => {
    expect(epochAt(genesis, START_MS + offsetMs)).toBe(epoch);
    expect(phaseAt(genesis, START_MS + offsetMs)?.phase).toBe(phase);
  });

  it("has phases that follow each other without a gap", () => {
    const now = START_MS + 7 * epochLengthMs(genesis) + 31_000;
    const at = phaseAt(genesis, now);
    expect(at).toEqual({
      epoch: 7,
      phase: "verify",
      phaseStartMs: phaseWindow(genesis, 7, "reveal").endMs,
      phaseEndMs: phaseWindow(genesis, 7, "sign").startMs,
    });
    expect(registryTimestampMs(genesis, 7)).toBe(START_MS + 7 * 60_000 - 5_000);
  });

  it("gives the next leader its turn after each time-out", () => {
    const { startMs } = phaseWindow(genesis, 2, "sign");
    expect(
      [startMs - 1, startMs, startMs + 4_999, startMs + 5_000].map((now) => roundAt(genesis, 2, now)),
    ).toEqual([-1, 0, 0, 1]);
  });
});
