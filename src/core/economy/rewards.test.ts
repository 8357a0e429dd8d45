import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOf, makeGenesis } from "../../../vectors/lib/world.ts";
import type { Address } from "../primitives.ts";
import { type Claimant, credit, splitRewards } from "./rewards.ts";

const { parameters } = makeGenesis();

const claimants = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { maxLength: 9 })
  .map((weights) =>
    weights.map((weight, i): Claimant => ({ nodeId: hashOf(`${i}`), account: account(i % 4), weight })),
  );

function account(index: number): Address {
  return `0x${hashOf(`reward account ${index}`).slice(0, 40)}`;
}

const earns = (list: readonly Claimant[]) => list.some(({ weight }) => weight > 0n);

describe("rewards", () => {
  it("mint exactly the shares that somebody earned, to the last wei", () => {
    const reward = fc.bigInt({ min: 0n, max: 10n ** 24n });
    fc.assert(
      fc.property(claimants, claimants, reward, (validators, contributors, epochRewardWei) => {
        const rewards = splitRewards({ ...parameters, epochRewardWei }, validators, contributors);
        const share = (ppm: number) => (epochRewardWei * BigInt(ppm)) / 1_000_000n;
        const expected =
          share(parameters.foundationSharePpm) +
          (earns(validators) ? share(parameters.validatorSharePpm) : 0n) +
          (earns(contributors) ? share(parameters.contributorSharePpm) : 0n);
        const { balancesDue, mintedWei } = credit(new Map(), rewards);
        expect(mintedWei).toBe(expected);
        expect([...balancesDue.values()].reduce((sum, wei) => sum + wei, 0n)).toBe(mintedWei);
        expect(mintedWei).toBeLessThanOrEqual(epochRewardWei);
      }),
    );
  });

  it("pay in proportion to weight", () => {
    const pair: Claimant[] = [
      { nodeId: hashOf("a"), account: account(0), weight: 1n },
      { nodeId: hashOf("b"), account: account(1), weight: 3n },
    ];
    const rewards = splitRewards(parameters, [], pair);
    expect(rewards[0]?.amountWei).toBe(87_500_000_000_000_000n);
    expect(rewards[1]?.amountWei).toBe(262_500_000_000_000_000n);
  });

  it("add up on an account that earns in several ways", () => {
    const both: Claimant[] = [{ nodeId: hashOf("a"), account: account(0), weight: 1n }];
    const { balancesDue } = credit(new Map([[account(0), 5n]]), splitRewards(parameters, both, both));
    expect(balancesDue.get(account(0))).toBe(700_000_000_000_000_005n);
  });
});
