import { expect, test } from "vitest";
import { brokenRule } from "../src/core/parameters.ts";
import { localParameters, PRESETS } from "../src/core/presets.ts";
import { epochMs, networkParameters, withEpochSeconds } from "./parameters.ts";

const minute = localParameters(`0x${"11".repeat(20)}`);

test("a local network's epoch takes a minute", () => {
  expect(epochMs(minute)).toBe(60_000);
});

test("scaling keeps the proportions of all durations and touches nothing else", () => {
  const fast = withEpochSeconds(minute, 30);
  expect(epochMs(fast)).toBe(30_000);
  expect(fast.phases.commitMs * 2).toBe(minute.phases.commitMs);
  expect(fast.registryLagMs * 2).toBe(minute.registryLagMs);
  expect(fast.leaderTimeoutMs * 2).toBe(minute.leaderTimeoutMs);
  expect(fast.votingPeriodMs * 2).toBe(minute.votingPeriodMs);
  expect(fast.epochRewardWei).toBe(minute.epochRewardWei);
});

test.each(["parley", "pip44", "openclaw"] as const)(
  "preset %s keeps its pace unless told another",
  (preset) => {
    const foundation = `0x${"11".repeat(20)}` as const;
    const own = networkParameters(preset, foundation, undefined);
    expect(own).toEqual({ ...PRESETS[preset](foundation), finalityBlocks: 0 });
    expect(epochMs(own)).toBe(3_600_000);
    const fast = networkParameters(preset, foundation, 60);
    expect(epochMs(fast)).toBe(60_000);
    expect(fast.votingPeriodMs).toBe(own.votingPeriodMs / 60);
    expect(brokenRule(fast)).toBeUndefined();
  },
);

test("a network that nobody chose rules for has the local ones, an epoch a minute", () => {
  expect(networkParameters("local", minute.foundationAccount, undefined)).toEqual(minute);
});
