import { expect, test } from "vitest";
import { localParameters } from "../src/core/presets.ts";
import { epochMs, withEpochSeconds } from "./parameters.ts";

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
