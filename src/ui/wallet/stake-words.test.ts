import { describe, expect, it } from "vitest";
import { delegationWords, durationWords, lockGainPpm, lockTerms } from "./stake-words.ts";

const DAY_MS = 24 * 3_600_000;
const NOW_MS = 1_000 * DAY_MS;

describe("the ends of a lock that a person can choose", () => {
  const days = (maximumLockMs: number, lockedUntilMs = 0, blockMs = NOW_MS) =>
    lockTerms(NOW_MS, blockMs, maximumLockMs, lockedUntilMs).map((term) => term.days);

  it("go up to the longest that the contract takes", () => {
    expect(days(365 * DAY_MS)).toEqual([30, 91, 182, 365]);
    expect(days(200 * DAY_MS)).toEqual([30, 91, 182, 200]);
    expect(days(10 * DAY_MS)).toEqual([10]);
    expect(days(DAY_MS - 1)).toEqual([]);
  });

  it("are later than the lock that holds", () => {
    expect(days(365 * DAY_MS, NOW_MS + 91 * DAY_MS)).toEqual([182, 365]);
    expect(days(365 * DAY_MS, NOW_MS + 365 * DAY_MS)).toEqual([]);
  });

  it("are never later than the contract takes after its newest block, however old that is", () => {
    const blockMs = NOW_MS - 3_600_000;
    const terms = lockTerms(NOW_MS, blockMs, 365 * DAY_MS, 0);
    expect(terms[0]?.untilMs).toBe(NOW_MS + 30 * DAY_MS);
    expect(terms.at(-1)?.untilMs).toBe(blockMs + 365 * DAY_MS);
  });
});

describe("what a lock and a delegation are said to give", () => {
  it("is what the nodes count: the whole bonus for the longest lock, less in proportion, never more", () => {
    const rules = { lockBonusPpm: 500_000, maximumLockMs: 100 * DAY_MS };
    expect(lockGainPpm(100 * DAY_MS, rules)).toBe(500_000);
    expect(lockGainPpm(30 * DAY_MS, rules)).toBe(150_000);
    expect(lockGainPpm(300 * DAY_MS, rules)).toBe(500_000);
    expect(lockGainPpm(-DAY_MS, rules)).toBe(0);
  });

  it("is told by its state", () => {
    expect(delegationWords("counts").tone).toBe("good");
    expect(delegationWords("node-left").sentence).toContain("Nobody stakes for this node now");
    expect(delegationWords("former-owner").sentence).toContain("Another account stakes for this node now");
  });

  it("says durations in the unit that fits", () => {
    expect([60_000, 90 * 60_000, 5 * 3_600_000, 14 * DAY_MS].map(durationWords)).toEqual([
      "1 minute",
      "90 minutes",
      "5 hours",
      "14 days",
    ]);
  });
});
