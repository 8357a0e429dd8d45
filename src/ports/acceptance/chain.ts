import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimProof, claimsRoot } from "../../core/merkle/claims.ts";
import type { Hash } from "../../core/primitives.ts";
import type { EpochRoot, Wallet } from "../chain.ts";
import { stakeRequest } from "../chain.ts";
import type { ChainUnderTest } from "./chain-under-test.ts";
import { accountOf, certify, dues, entryOf, hash, type Staker } from "./stakers.ts";

const TOKEN_WEI = 10n ** 18n;
const STAKE_WEI = 100n * TOKEN_WEI;

const code = (value: string) => expect.objectContaining({ code: value });

/** Promises of the Chain port, written to through wallets. */
export function describeChain(name: string, make: () => Promise<ChainUnderTest>): void {
  describe(`Chain: ${name}`, () => {
    let subject: ChainUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("knows nobody and no epoch at first", async () => {
      const { chain } = subject;
      expect((await chain.registryAt(await subject.settle())).entries).toEqual([]);
      expect(await chain.lastAnchoredEpoch()).toBeUndefined();
      expect(await chain.anchoredEpoch(0)).toBeUndefined();
      expect(await chain.stakeOf(hash("a"))).toBeUndefined();
      expect(await chain.claimedWei(accountOf(await subject.newWallet()))).toBe(0n);
    });

    it("takes a stake from its account and shows it", async () => {
      const wallet = await subject.newWallet();
      const balanceWei = await subject.chain.tokenBalanceWei(accountOf(wallet));
      const staker = await stake("a", wallet);
      expect(await subject.chain.stakeOf(staker.nodeId)).toEqual(entryOf(staker, STAKE_WEI));
      expect(await subject.chain.tokenBalanceWei(staker.account)).toBe(balanceWei - STAKE_WEI);
    });

    it("adds to a stake that is there", async () => {
      const staker = await stake("a");
      const { nodeId, operator, account } = staker;
      await staker.wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: TOKEN_WEI }));
      expect(await subject.chain.stakeOf(nodeId)).toEqual(entryOf(staker, STAKE_WEI + TOKEN_WEI));
    });

    it("refuses a stake on a node of another account, and an operator of another node", async () => {
      const { nodeId, operator } = await stake("a");
      const other = await subject.newWallet();
      const account = accountOf(other);
      const request = { nodeId, account, amountWei: STAKE_WEI };
      await expect(other.stake(await stakeRequest(subject.newOperator(), request))).rejects.toThrow(
        code("reverted"),
      );
      const elsewhere = await stakeRequest(operator, { ...request, nodeId: hash("b") });
      await expect(other.stake(elsewhere)).rejects.toThrow(code("reverted"));
    });

    it("refuses a first stake without its operator's word for this node and account", async () => {
      const wallet = await subject.newWallet();
      const [operator, other] = [subject.newOperator(), subject.newOperator()];
      const wanted = { nodeId: hash("a"), account: accountOf(wallet), amountWei: STAKE_WEI };
      const good = await stakeRequest(operator, wanted);
      const [ofAnother, forAnother, byAnother] = await Promise.all([
        stakeRequest(operator, { ...wanted, nodeId: hash("b") }),
        stakeRequest(operator, { ...wanted, account: other.address }),
        stakeRequest(other, wanted),
      ]);
      for (const { operatorProof } of [ofAnother, forAnother, byAnother]) {
        await expect(wallet.stake({ ...good, operatorProof })).rejects.toThrow(code("reverted"));
      }
      await wallet.stake(good);
      expect((await subject.chain.stakeOf(hash("a")))?.operator).toBe(operator.address);
    });

    it("takes stake out at once and pays it back when it has unbonded, once", async () => {
      const { nodeId, wallet, account, operator } = await stake("a");
      await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: 2n * STAKE_WEI }));
      const balanceWei = await subject.chain.tokenBalanceWei(account);
      const full = await subject.settle();
      expect(await subject.chain.unbondingOf(account)).toEqual([]);
      await expect(wallet.withdraw()).rejects.toThrow(code("reverted"));

      await wallet.unstake({ nodeId, amountWei: STAKE_WEI });
      expect((await subject.chain.stakeOf(nodeId))?.stakeWei).toBe(2n * STAKE_WEI);
      expect(await subject.chain.tokenBalanceWei(account)).toBe(balanceWei);
      const [part, ...more] = await subject.chain.unbondingOf(account);
      expect(more).toEqual([]);
      expect(part?.amountWei).toBe(STAKE_WEI);
      expect(part?.withdrawableAtMs).toBeGreaterThan((await subject.chain.head()).timestampMs);
      await expect(wallet.withdraw()).rejects.toThrow(code("reverted"));

      await subject.passUnbonding();
      await wallet.withdraw();
      expect(await subject.chain.tokenBalanceWei(account)).toBe(balanceWei + STAKE_WEI);
      expect(await subject.chain.unbondingOf(account)).toEqual([]);
      await expect(wallet.withdraw()).rejects.toThrow(code("reverted"));
      const entries = (await subject.chain.registryAt(full)).entries;
      expect(entries.map(({ stakeWei }) => stakeWei)).toEqual([3n * STAKE_WEI]);
    });

    it("takes stake out right after it came, with nothing in between", async () => {
      const { nodeId, wallet, account } = await stake("a");
      await wallet.unstake({ nodeId, amountWei: STAKE_WEI });
      expect(await subject.chain.stakeOf(nodeId)).toBeUndefined();
      const [part] = await subject.chain.unbondingOf(account);
      expect(part?.amountWei).toBe(STAKE_WEI);
    });

    it("lets a node leave with all of its stake, and nobody but its account take it", async () => {
      const { nodeId, wallet, account } = await stake("a");
      const stranger = await subject.newWallet();
      const all = { nodeId, amountWei: STAKE_WEI };
      await expect(stranger.unstake(all)).rejects.toThrow(code("reverted"));
      // Neither more than there is, nor all but what is too little to stay.
      for (const amountWei of [STAKE_WEI + 1n, STAKE_WEI - 1n, 0n]) {
        await expect(wallet.unstake({ nodeId, amountWei })).rejects.toThrow(code("reverted"));
      }
      await wallet.unstake(all);
      expect(await subject.chain.stakeOf(nodeId)).toBeUndefined();
      expect((await subject.chain.registryAt(await subject.settle())).entries).toEqual([]);
      expect((await subject.chain.unbondingOf(account)).map(({ amountWei }) => amountWei)).toEqual([
        STAKE_WEI,
      ]);
    });

    it("gives the registry of any time, sorted by node", async () => {
      const before = await subject.settle();
      const c = await stake("c");
      const between = await subject.settle();
      const a = await stake("a");
      const after = await subject.settle();
      const [first, second, third] = await Promise.all(
        [before, between, after].map((timestampMs) => subject.chain.registryAt(timestampMs)),
      );
      expect(first?.entries).toEqual([]);
      expect(second?.entries).toEqual([entryOf(c, STAKE_WEI)]);
      expect(third?.entries).toEqual([entryOf(a, STAKE_WEI), entryOf(c, STAKE_WEI)]);
      expect(first?.blockNumber).toBeLessThan(second?.blockNumber ?? 0);
      expect(first?.blockHash).not.toBe(second?.blockHash);
      expect(third?.blockHash).toMatch(/^[0-9a-f]{64}$/);
      const head = await subject.chain.head();
      expect(third?.blockNumber).toBeLessThanOrEqual(head.blockNumber);
    });

    it("anchors a root that two thirds of the stake signed, and the next one on it", async () => {
      const stakers = await threeStakers();
      const first = await rootOf(0, hash("0"), hash("1"));
      const sender = stakers.a;
      const transaction = await sender.wallet.anchor(await certify(first, [stakers.a, stakers.b]));
      expect(await subject.chain.lastAnchoredEpoch()).toBe(0);
      const anchored = await subject.chain.anchoredEpoch(0);
      expect(anchored).toEqual({
        epoch: 0,
        stateRoot: first.stateRoot,
        claimsRoot: first.claimsRoot,
        transaction,
        blockNumber: expect.any(Number),
        sender: sender.account,
      });
      expect(anchored?.blockNumber).toBeGreaterThan(first.snapshotBlock);

      const second = await rootOf(1, hash("1"), hash("2"));
      await stakers.b.wallet.anchor(await certify(second, [stakers.a, stakers.b, stakers.c]));
      expect(await subject.chain.lastAnchoredEpoch()).toBe(1);
      expect((await subject.chain.anchoredEpoch(0))?.stateRoot).toBe(first.stateRoot);
    });

    it("refuses a root with less than two thirds, with a foreign signature, or signed in another order", async () => {
      const stakers = await threeStakers();
      const root = await rootOf(0, hash("0"), hash("1"));
      const outsider = { ...stakers.b, operator: subject.newOperator() };
      const good = await certify(root, [stakers.a, stakers.b]);
      const changed = { ...good, root: { ...root, stateRoot: hash("f") } };
      const backwards = { ...good, signatures: good.signatures.toReversed() };
      const few = await certify(root, [stakers.a]);
      const foreign = await certify(root, [stakers.a, outsider]);
      for (const certificate of [few, foreign, changed, backwards]) {
        await expect(stakers.a.wallet.anchor(certificate)).rejects.toThrow(code("reverted"));
      }
      expect(await subject.chain.lastAnchoredEpoch()).toBeUndefined();
    });

    it("refuses an epoch twice, and a root that builds on another state", async () => {
      const { a, b, c } = await threeStakers();
      await a.wallet.anchor(await certify(await rootOf(4, hash("0"), hash("1")), [a, b, c]));
      for (const root of [await rootOf(4, hash("1"), hash("2")), await rootOf(5, hash("9"), hash("2"))]) {
        await expect(b.wallet.anchor(await certify(root, [a, b, c]))).rejects.toThrow(code("reverted"));
      }
      expect(await subject.chain.lastAnchoredEpoch()).toBe(4);
    });

    it("anchors several epochs in one transaction, each on the one before it: all or none", async () => {
      const { a, b, c } = await threeStakers();
      const first = await certify(await rootOf(0, hash("0"), hash("1")), [a, b]);
      const second = await certify(await rootOf(2, hash("1"), hash("2")), [a, b, c]);
      const third = await certify(await rootOf(3, hash("2"), hash("3")), [b, c]);
      const unsigned = await certify(third.root, [a]);
      for (const wrong of [
        [second, first],
        [first, third],
        [first, second, unsigned],
      ]) {
        await expect(a.wallet.anchorMany(wrong)).rejects.toThrow(code("reverted"));
        expect(await subject.chain.lastAnchoredEpoch()).toBeUndefined();
      }
      const transaction = await a.wallet.anchorMany([first, second, third]);
      expect(await subject.chain.lastAnchoredEpoch()).toBe(3);
      for (const { root } of [first, second, third]) {
        expect(await subject.chain.anchoredEpoch(root.epoch)).toMatchObject({
          stateRoot: root.stateRoot,
          sender: a.account,
          transaction,
        });
      }
      expect(await subject.chain.anchoredEpoch(1)).toBeUndefined();
    });

    it("rewards a root by which something new can be claimed, once, whoever asks for it", async () => {
      const { a, b, c } = await threeStakers();
      const all = [a, b, c];
      const [first, idle, third] = [
        await certify(await rootOf(0, hash("0"), hash("1"), hash("a")), all),
        await certify(await rootOf(1, hash("1"), hash("2"), hash("a")), all),
        await certify(await rootOf(2, hash("2"), hash("3"), hash("b")), all),
      ];
      await a.wallet.anchorMany([first, idle]);
      await b.wallet.anchor(third);
      const anchored = await Promise.all([0, 1, 2].map((epoch) => subject.chain.anchoredEpoch(epoch)));
      const known = anchored.filter((epoch) => epoch !== undefined);
      const { rewardWei, poolWei, due } = await subject.chain.anchorRewards(known);
      expect(due.map(({ root, sender }) => [root, sender])).toEqual([
        [first.root, a.account],
        [third.root, b.account],
      ]);
      const balancesWei = () =>
        Promise.all([a, b, c].map(({ account }) => subject.chain.tokenBalanceWei(account)));
      const before = await balancesWei();
      await c.wallet.collectAnchorRewards(due);
      const after = await balancesWei();
      expect(after.map((wei, index) => wei - (before[index] ?? 0n))).toEqual([rewardWei, rewardWei, 0n]);
      expect(rewardWei).toBeGreaterThan(0n);
      expect(await subject.chain.anchorRewards(known)).toEqual({
        rewardWei,
        poolWei: poolWei - 2n * rewardWei,
        due: [],
      });
      await expect(c.wallet.collectAnchorRewards(due)).rejects.toThrow(code("reverted"));
    });

    it("lets nobody dispute a root that is final at once", async () => {
      const { a, b, c } = await threeStakers();
      await a.wallet.anchor(await certify(await rootOf(0, hash("0"), hash("1")), [a, b, c]));
      expect((await subject.chain.challengesOf([0])).get(0)).toMatchObject({
        isFinal: true,
        isHeldUp: false,
      });
      const anchored = await subject.chain.anchoredRecord(0);
      if (anchored === undefined) throw new Error("expected an anchored epoch");
      expect(anchored).toMatchObject({ sender: a.account, root: { epoch: 0, stateRoot: hash("1") } });
      await expect(b.wallet.dispute({ step: "open", anchored, reason: hash("9") })).rejects.toThrow(
        code("reverted"),
      );
      expect(await subject.chain.disputes()).toEqual([]);
    });

    it("pays a claim once, and later what was earned since", async () => {
      const { a, b, c } = await threeStakers();
      const first = dues(a, b, c, 5n);
      const second = dues(a, b, c, 9n);
      await b.wallet.anchor(
        await certify(await rootOf(0, hash("0"), hash("1"), claimsRoot(first)), [a, b, c]),
      );
      const balanceWei = await subject.chain.tokenBalanceWei(a.account);
      await a.wallet.claim({ epoch: 0, ...claimProof({ balancesDue: first }, a.account) });
      expect(await subject.chain.tokenBalanceWei(a.account)).toBe(balanceWei + 5n);
      expect(await subject.chain.claimedWei(a.account)).toBe(5n);
      await expect(
        a.wallet.claim({ epoch: 0, ...claimProof({ balancesDue: first }, a.account) }),
      ).rejects.toThrow(code("reverted"));

      await b.wallet.anchor(
        await certify(await rootOf(1, hash("1"), hash("2"), claimsRoot(second)), [a, b, c]),
      );
      // Anyone may send it; the account is paid.
      await b.wallet.claim({ epoch: 1, ...claimProof({ balancesDue: second }, a.account) });
      expect(await subject.chain.tokenBalanceWei(a.account)).toBe(balanceWei + 9n);
    });

    it("refuses a claim of another amount, of another account, and of an epoch that is not anchored", async () => {
      const { a, b, c } = await threeStakers();
      const due = dues(a, b, c, 5n);
      await a.wallet.anchor(await certify(await rootOf(0, hash("0"), hash("1"), claimsRoot(due)), [a, b, c]));
      const good = { epoch: 0, ...claimProof({ balancesDue: due }, a.account) };
      for (const bad of [
        { ...good, cumulativeWei: 6n },
        { ...good, account: c.account },
        { ...good, epoch: 1 },
      ]) {
        await expect(a.wallet.claim(bad)).rejects.toThrow(code("reverted"));
      }
      expect(await subject.chain.claimedWei(a.account)).toBe(0n);
    });

    it("gives an overview of one block: stake, balance, claims, the last anchored epoch and the price of gas", async () => {
      const nobody = await subject.chain.overview(hash("a"));
      expect(nobody).toMatchObject({ stake: undefined, lastAnchoredEpoch: undefined, account: undefined });
      expect(nobody.baseFeeWei).toBeGreaterThan(0n);
      expect(nobody.gasPriceWei).toBeGreaterThanOrEqual(nobody.baseFeeWei);
      const { a, b, c } = await threeStakers();
      const due = dues(a, b, c, 5n);
      await a.wallet.anchor(await certify(await rootOf(3, hash("0"), hash("1"), claimsRoot(due)), [a, b, c]));
      await a.wallet.claim({ epoch: 3, ...claimProof({ balancesDue: due }, a.account) });
      const overview = await subject.chain.overview(a.nodeId, a.account);
      expect(overview).toMatchObject({
        stake: entryOf(a, STAKE_WEI),
        lastAnchoredEpoch: 3,
        account: { balanceWei: await subject.chain.tokenBalanceWei(a.account), claimedWei: 5n },
      });
      const head = await subject.chain.head();
      expect(overview.block).toEqual({
        number: head.blockNumber,
        timestampMs: head.timestampMs,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    });

    it("tells which endpoints answer, and calls none well that did not", async () => {
      const { chain } = subject;
      await chain.head();
      for (const { state, answeredAtMs } of chain.endpoints()) {
        expect([state, answeredAtMs]).toEqual(["healthy", expect.any(Number)]);
      }
      await subject.unplug();
      await expect(chain.head()).rejects.toThrow(code("chain-unreachable"));
      for (const { state } of chain.endpoints()) expect(state).toBe("unreachable");
    });

    it("says that the chain is unreachable", async () => {
      const { nodeId, wallet, operator, account } = await stake("a");
      const more = await stakeRequest(operator, { nodeId, account, amountWei: STAKE_WEI });
      await subject.unplug();
      const unreachable = code("chain-unreachable");
      await expect(subject.chain.head()).rejects.toThrow(unreachable);
      await expect(subject.chain.registryAt(0)).rejects.toThrow(unreachable);
      await expect(subject.chain.overview(nodeId)).rejects.toThrow(unreachable);
      await expect(subject.chain.lastAnchoredEpoch()).rejects.toThrow(unreachable);
      await expect(wallet.stake(more)).rejects.toThrow(unreachable);
    });

    async function stake(digit: string, wallet?: Wallet): Promise<Staker> {
      const payer = wallet ?? (await subject.newWallet());
      const staker = {
        nodeId: hash(digit),
        wallet: payer,
        account: accountOf(payer),
        operator: subject.newOperator(),
      };
      const { nodeId, operator, account } = staker;
      await payer.stake(await stakeRequest(operator, { nodeId, account, amountWei: STAKE_WEI }));
      return staker;
    }

    async function threeStakers() {
      return { a: await stake("a"), b: await stake("b"), c: await stake("c") };
    }

    async function rootOf(
      epoch: number,
      previousRoot: Hash,
      stateRoot: Hash,
      claims: Hash = hash("c"),
    ): Promise<EpochRoot> {
      const { blockNumber } = await subject.chain.registryAt(await subject.settle());
      // The contract wants a past block; time has to pass once more until this one is.
      await subject.settle();
      return {
        epoch,
        previousRoot,
        stateRoot,
        claimsRoot: claims,
        manifestDigest: hash("d"),
        snapshotBlock: blockNumber,
      };
    }
  });
}
