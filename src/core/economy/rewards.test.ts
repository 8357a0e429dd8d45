import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOf, makeAuthors, makeGenesis, makeRegistry, seedOf } from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import type { StakeEntry } from "../chain-types.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { epochStartMs } from "../epoch/clock.ts";
import { epochContext } from "../epoch/context.ts";
import type { Address } from "../primitives.ts";
import { paymentAmountWei } from "./explain.ts";
import { shareByFlops } from "./inference-pay.ts";
import { type Claimant, emissionOf, splitPot } from "./rewards.ts";
import { contributorFactors, validatorFactors, type WeightFactors, weightOf } from "./weight.ts";

const { parameters } = makeGenesis();
const PLAIN: WeightFactors = { scorePpm: 1, stakeLogQ20: 1, lockPpm: 1, reputationPpm: 1 };

function account(index: number): Address {
  return `0x${hashOf(`reward account ${index}`).slice(0, 40)}`;
}

function claimantsOf(scores: readonly number[]): Claimant[] {
  return scores.map((scorePpm, i) => ({
    nodeId: hashOf(`${i}`),
    account: account(i % 4),
    source: cidOf(seedOf(`submission ${i}`)),
    factors: { ...PLAIN, scorePpm },
    messages: [],
  }));
}

const scores = fc.array(fc.integer({ min: 0, max: 1_500_000 }), { maxLength: 9 });
const amountsWei = fc.bigInt({ min: 0n, max: 10n ** 24n });

describe("emission", () => {
  it("is cut up without making a wei more than the epoch's reward", () => {
    fc.assert(
      fc.property(amountsWei, fc.integer({ min: 0, max: 1_000_000 }), (epochRewardWei, inferenceSharePpm) => {
        const parts = emissionOf({ ...parameters, epochRewardWei, inferenceSharePpm });
        const all = Object.values(parts).reduce((sum, wei) => sum + wei, 0n);
        expect(all).toBeLessThanOrEqual(epochRewardWei);
        expect(all).toBeGreaterThan(epochRewardWei - 3n);
        expect(Object.values(parts).every((wei) => wei >= 0n)).toBe(true);
      }),
    );
  });

  it("is 0.35 for validators, 0.35 for contributors, 0.30 for the foundation", () => {
    expect(emissionOf(parameters)).toEqual({
      validationWei: 350_000_000_000_000_000n,
      trainingWei: 280_000_000_000_000_000n,
      inferenceWei: 70_000_000_000_000_000n,
      foundationWei: 300_000_000_000_000_000n,
    });
  });
});

describe("a pot", () => {
  it("is paid to the last wei when somebody earned it, and not at all when nobody did", () => {
    fc.assert(
      fc.property(amountsWei, scores, (potWei, earned) => {
        const { shares, restWei } = splitPot(potWei, "validation", claimantsOf(earned));
        const paidWei = shares.reduce((sum, { payment }) => sum + payment.amountWei, 0n);
        expect(paidWei + restWei).toBe(earned.some((score) => score > 0) ? potWei : 0n);
        expect(restWei).toBeLessThan(BigInt(Math.max(earned.length, 1)));
      }),
    );
  });

  it("is split in proportion to weight, each payment naming what it is for", () => {
    const { shares } = splitPot(35n * 10n ** 16n, "contribution", claimantsOf([1, 3]));
    expect(shares.map(({ payment }) => payment.amountWei)).toEqual([
      87_500_000_000_000_000n,
      262_500_000_000_000_000n,
    ]);
    expect(shares.map(({ payment }) => payment.source)).toEqual([
      cidOf(seedOf("submission 0")),
      cidOf(seedOf("submission 1")),
    ]);
  });

  it("can be recomputed from the reason of any of its payments", () => {
    fc.assert(
      fc.property(amountsWei, scores, (potWei, earned) => {
        for (const { payment, why } of splitPot(potWei, "contribution", claimantsOf(earned)).shares) {
          expect(paymentAmountWei({ payment, why, dueInEpoch: 0, poolWei: null })).toBe(payment.amountWei);
        }
      }),
    );
  });
});

describe("weight", () => {
  const genesis = makeGenesis({
    lockBonusPpm: 500_000,
    maximumLockMs: 1_000_000,
    reputationBonusPpm: 100_000,
  });
  const registry = makeRegistry(makeAuthors(genesis, 5));
  const context = epochContext(genesis, genesisState(genesis), registry, 3);
  const lockedFor = (ms: number): StakeEntry => {
    const [entry] = registry.entries;
    if (entry === undefined) throw new Error("no entry");
    return { ...entry, lockedUntilMs: epochStartMs(genesis, 3) + ms };
  };

  it.each([
    [-1, 1_000_000],
    [0, 1_000_000],
    [500_000, 1_250_000],
    [1_000_000, 1_500_000],
    [9_000_000, 1_500_000],
  ])("grows with the lock that remains: %i ms", (remainingMs, lockPpm) => {
    expect(validatorFactors(context, lockedFor(remainingMs))).toEqual({
      scorePpm: null,
      stakeLogQ20: null,
      lockPpm,
      reputationPpm: 1_050_000,
    });
  });

  it("counts stake by its logarithm for contributors, and only in the draw for validators", () => {
    const small = { ...lockedFor(0), stakeWei: 3n * 10n ** 18n };
    const large = { ...lockedFor(0), stakeWei: 15n * 10n ** 18n };
    const weigh = (entry: StakeEntry) => weightOf(contributorFactors(context, entry, 7));
    expect(weigh(large)).toBe(2n * weigh(small));
    expect(weightOf(validatorFactors(context, large))).toBe(weightOf(validatorFactors(context, small)));
  });
});

describe("inference pay", () => {
  const claims = fc.array(
    fc.record({
      flops: fc.bigInt({ min: 0n, max: 10n ** 18n }),
      boundWei: fc.bigInt({ min: 0n, max: 10n ** 18n }),
    }),
    { maxLength: 8 },
  );

  it("never goes above the pot or anyone's bound, and leaves nothing that a bound still had room for", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 19n }), claims, (potWei, list) => {
        const parts = shareByFlops(potWei, list);
        const paidWei = parts.reduce((sum, { amountWei }) => sum + amountWei, 0n);
        expect(paidWei).toBeLessThanOrEqual(potWei);
        for (const { claim, amountWei } of parts) expect(amountWei).toBeLessThanOrEqual(claim.boundWei);
        const someHadRoom = parts.some(({ claim, amountWei }) => amountWei < claim.boundWei);
        if (someHadRoom) expect(paidWei).toBe(potWei);
      }),
    );
  });

  it("is pro rata of FLOPs where no bound stops it", () => {
    const wide = { boundWei: 10n ** 18n };
    const parts = shareByFlops(400n, [
      { flops: 1n, ...wide },
      { flops: 3n, ...wide },
    ]);
    expect(parts.map(({ claim, amountWei }) => [claim.flops, amountWei])).toEqual([
      [3n, 300n],
      [1n, 100n],
    ]);
  });

  it("lets FLOPs without fees take nothing from others", () => {
    const honest = { flops: 10n, boundWei: 1_000n };
    const liar = { flops: 10n ** 15n, boundWei: 0n };
    expect(shareByFlops(500n, [liar, honest]).find(({ claim }) => claim === honest)?.amountWei).toBe(500n);
  });
});
