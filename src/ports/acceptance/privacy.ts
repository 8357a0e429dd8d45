import fc from "fast-check";
import { expect, it } from "vitest";
import type { PrivacyAccountant, PrivacySpending } from "../privacy.ts";

const DELTA_BILLIONTHS = 10_000;
const BUDGET = { epsilonMicro: 3_000_000, deltaBillionths: DELTA_BILLIONTHS };

const run = (change: Partial<PrivacySpending> = {}): PrivacySpending => ({
  noiseMultiplierMilli: 1_500,
  batchSize: 4,
  pairCount: 100,
  steps: 50,
  ...change,
});

/** What every adapter of the PrivacyAccountant port promises. */
export function privacyAcceptance(create: () => PrivacyAccountant): void {
  it("composes runs tighter than their sum, and nothing trained is nothing spent", () => {
    const accountant = create();
    expect(accountant.epsilonMicro([], DELTA_BILLIONTHS)).toBe(0);
    const one = accountant.epsilonMicro([run()], DELTA_BILLIONTHS);
    const two = accountant.epsilonMicro([run(), run()], DELTA_BILLIONTHS);
    expect(two).toBe(accountant.epsilonMicro([run({ steps: 100 })], DELTA_BILLIONTHS));
    expect(two).toBeGreaterThan(one);
    expect(two).toBeLessThan(2 * one);
  });

  it("says what was spent, what the run adds and what is left", () => {
    const accountant = create();
    const spent = [run()];
    const account = accountant.account(spent, run({ steps: 30 }), BUDGET);
    expect(account.spentMicro).toBe(accountant.epsilonMicro(spent, DELTA_BILLIONTHS));
    const total = accountant.epsilonMicro([...spent, run({ steps: 30 })], DELTA_BILLIONTHS);
    expect(account.spentMicro + account.runMicro).toBe(total);
    expect(account).toMatchObject({ fits: true, leftMicro: BUDGET.epsilonMicro - total });
  });

  it("allows the largest number of steps that fits and not one more", () => {
    const accountant = create();
    const spent = [run()];
    const { largestSteps } = accountant.account(spent, run(), BUDGET);
    expect(largestSteps).toBeGreaterThan(30);
    const most = accountant.account(spent, run({ steps: largestSteps }), BUDGET);
    expect(most).toMatchObject({ fits: true, largestSteps });
    const over = accountant.account(spent, run({ steps: largestSteps + 1 }), BUDGET);
    expect(over).toMatchObject({ fits: false, leftMicro: 0, largestSteps });
  });

  it("allows no step when the budget is used up", () => {
    const spent = [run({ steps: 100_000 })];
    const account = create().account(spent, run({ steps: 1 }), BUDGET);
    expect(account).toMatchObject({ fits: false, leftMicro: 0, largestSteps: 0 });
  });

  it("never finds less spent with more steps, less noise or larger batches", () => {
    const accountant = create();
    const mechanism = fc.record({
      noiseMultiplierMilli: fc.integer({ min: 300, max: 20_000 }),
      batchSize: fc.integer({ min: 1, max: 40 }),
      pairCount: fc.integer({ min: 60, max: 5_000 }),
      steps: fc.integer({ min: 1, max: 5_000 }),
    });
    const epsilon = (spending: PrivacySpending): number =>
      accountant.epsilonMicro([spending], DELTA_BILLIONTHS);
    fc.assert(
      fc.property(mechanism, fc.integer({ min: 1, max: 200 }), (drawn, more) => {
        const least = epsilon(drawn);
        expect(epsilon({ ...drawn, steps: drawn.steps + more })).toBeGreaterThanOrEqual(least);
        const noiseMultiplierMilli = drawn.noiseMultiplierMilli - more;
        expect(epsilon({ ...drawn, noiseMultiplierMilli })).toBeGreaterThanOrEqual(least);
        const batchSize = Math.min(drawn.pairCount, drawn.batchSize + more);
        expect(epsilon({ ...drawn, batchSize })).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ noiseMultiplierMilli: 99 }, /noise multiplier/],
    [{ batchSize: 101 }, /batch size/],
    [{ steps: 1.5 }, /number of steps/],
    [{ pairCount: 0 }, /number of pairs/],
    [{ pairCount: 200_000 }, /delta, in billionths, is out of range. \(expected 1 to 4999, received 10000\)/],
  ])("refuses settings out of range: %o", (change, message) => {
    expect(() => create().account([], run(change), BUDGET)).toThrow(message);
  });
}
