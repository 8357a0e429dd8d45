import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address } from "../../core/primitives.ts";
import { type EpochRoot, stakeRequest } from "../chain.ts";
import type { ChainUnderTest } from "./chain-under-test.ts";
import { accountOf, certify, hash, type Staker } from "./stakers.ts";

const TOKEN_WEI = 10n ** 18n;

export interface AnchorsUnderTest extends ChainUnderTest {
  /** Whose signatures the transaction brought that anchored the epoch, in its order. */
  signersOf(epoch: number): Promise<readonly Address[]>;
}

/** What wallets send of a certificate. */
export function describeAnchors(name: string, make: () => Promise<AnchorsUnderTest>): void {
  describe(`Chain, signatures of anchors: ${name}`, () => {
    let subject: AnchorsUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("sends the signatures of the heaviest that make two thirds, delegations counted, and no other", async () => {
      const [a, b, c, d] = [
        await stake("a", 100n),
        await stake("b", 200n),
        await stake("c", 300n),
        await stake("d", 100n),
      ];
      const delegator = await subject.newWallet();
      await delegator.delegate({ nodeId: d.nodeId, amountWei: 400n * TOKEN_WEI });
      // 500 and 300 of 1,100.
      const root = await rootOf(0, hash("0"), hash("1"));
      await a.wallet.anchor(await certify(root, [a, b, c, d]));
      expect(await subject.signersOf(0)).toEqual(ascending(c, d));
      expect((await subject.chain.anchoredEpoch(0))?.stateRoot).toBe(root.stateRoot);
    });

    it("sends two of three that weigh the same: those with the lower node ids", async () => {
      const [c, a, b] = [await stake("c", 100n), await stake("a", 100n), await stake("b", 100n)];
      await c.wallet.anchor(await certify(await rootOf(0, hash("0"), hash("1")), [a, b, c]));
      expect(await subject.signersOf(0)).toEqual(ascending(a, b));
    });

    it("goes by the stakes at each root's own block, also of several in one transaction", async () => {
      const [a, b, c] = [await stake("a", 100n), await stake("b", 100n), await stake("c", 100n)];
      const before = await rootOf(0, hash("0"), hash("1"));
      const d = await stake("d", 900n);
      const after = await rootOf(1, hash("1"), hash("2"));
      const certificates = [await certify(before, [a, b, c]), await certify(after, [a, b, c, d])];
      await a.wallet.anchorMany(certificates);
      expect(await subject.signersOf(0)).toEqual(ascending(a, b));
      expect(await subject.signersOf(1)).toEqual(ascending(d));
    });

    const ascending = (...stakers: readonly Staker[]) =>
      stakers.map(({ operator }) => operator.address).toSorted();

    async function stake(digit: string, tokens: bigint): Promise<Staker> {
      const [wallet, operator] = [await subject.newWallet(), subject.newOperator()];
      const staker = { nodeId: hash(digit), wallet, account: accountOf(wallet), operator };
      await wallet.stake(await stakeRequest(operator, { ...staker, amountWei: tokens * TOKEN_WEI }));
      return staker;
    }

    async function rootOf(epoch: number, previousRoot: string, stateRoot: string): Promise<EpochRoot> {
      const { blockNumber } = await subject.chain.registryAt(await subject.settle());
      // The contract wants a past block; time has to pass once more until this one is.
      await subject.settle();
      return {
        epoch,
        previousRoot,
        stateRoot,
        claimsRoot: hash("c"),
        manifestDigest: hash("d"),
        snapshotBlock: blockNumber,
      };
    }
  });
}
