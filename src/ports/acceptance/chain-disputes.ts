import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address, Hash, NodeId } from "../../core/primitives.ts";
import type { AnchoredRoot } from "../anchor-rewards.ts";
import type { Chain, Operator, Wallet } from "../chain.ts";
import { stakeRequest } from "../chain.ts";
import type { Challenge, Evidence, JuryRulingName, SignedRoot } from "../chain-disputes.ts";

export interface DisputesUnderTest {
  /** A chain on which nobody has staked; an epoch can be disputed for an hour after its anchoring. */
  readonly chain: Chain;
  /** A wallet connected to a fresh account that can pay fees and holds at least 1,000 tokens. */
  newWallet(): Promise<Wallet>;
  newOperator(): Operator;
  /** Two blocks, at some later time. */
  settle(): Promise<number>;
  /** The chain makes so many blocks. */
  mine(blocks: number): Promise<void>;
  /** So much time passes, and a block comes after it. */
  pass(durationMs: number): Promise<void>;
  dispose(): Promise<void>;
}

interface Member {
  readonly wallet: Wallet;
  readonly account: Address;
  readonly operator: Operator;
  readonly nodeId: NodeId;
}

const TOKEN_WEI = 10n ** 18n;
const HOUR_MS = 3_600_000;
const hash = (digit: string): Hash => digit.repeat(64);
const reverted = expect.objectContaining({ code: "reverted" });

/** Promises of both ports about disputes. */
export function describeChainDisputes(name: string, make: () => Promise<DisputesUnderTest>): void {
  describe(`Disputes on the chain: ${name}`, () => {
    let subject: DisputesUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("tells all about an anchored root, until when it can be disputed, and what that costs", async () => {
      const { chain } = subject;
      expect(await chain.anchoredRecord(0)).toBeUndefined();
      expect(await chain.challengesOf([0, 3])).toEqual(new Map());
      expect(await chain.disputes()).toEqual([]);
      expect((await chain.disputeTerms()).bondWei).toBeGreaterThan(0n);
      const juror = await stake("a");
      const first = await anchor(juror, 3);
      const { root } = first;
      const { timestampMs } = await chain.head();
      const challenge = { untilMs: timestampMs + HOUR_MS, isFinal: false, isHeldUp: false, anchored: first };
      expect(await chain.challengesOf([0, 3])).toEqual(new Map([[3, challenge]]));
      expect(await chain.challengesOf([])).toEqual(new Map());
      const second = await anchor(juror, 5, root.stateRoot, "4");
      expect(second).toEqual({
        root: expect.objectContaining({ epoch: 5, previousRoot: root.stateRoot, stateRoot: hash("4") }),
        sender: juror.account,
        certificateDigest: hash("0"),
        parentEpoch: 3,
        parentSnapshotBlock: root.snapshotBlock,
      });
      await subject.pass(HOUR_MS);
      expect(await challengeOf(3)).toMatchObject({ isFinal: true, isHeldUp: false });
    });

    it("lets a jury uphold a root: the bond is lost, jurors are paid once, and the root is final", async () => {
      const { chain } = subject;
      const juror = await stake("a");
      const disputer = await member("b");
      const anchored = await anchor(juror, 0);
      const balanceWei = await chain.tokenBalanceWei(disputer.account);
      const { bondWei, jurySeats } = await chain.disputeTerms();
      await disputer.wallet.dispute({ step: "open", anchored, reason: hash("9") });
      expect(await chain.tokenBalanceWei(disputer.account)).toBe(balanceWei - bondWei);
      expect(await chain.disputes()).toEqual([
        {
          dispute: 1,
          epoch: 0,
          status: "drawing",
          stage: 1,
          deadlineMs: expect.any(Number),
          drawBlock: expect.any(Number),
          disputer: disputer.account,
          reason: hash("9"),
          seats: { uphold: 0, overturn: 0, deeper: 0 },
        },
      ]);
      expect(await challengeOf(0)).toMatchObject({ isFinal: false, isHeldUp: true });
      await expect(disputer.wallet.dispute({ step: "draw", dispute: 1 })).rejects.toThrow(reverted);
      expect(await chain.jurorOf(1, juryOf(juror))).toEqual({ seats: 0, dueWei: 0n });
      await draw(disputer);
      expect(await chain.jurorOf(1, juryOf(juror))).toEqual({ seats: jurySeats, dueWei: 0n });
      expect(await chain.jurorOf(1, juryOf(disputer))).toEqual({ seats: 0, dueWei: 0n });
      await expect(close(disputer, anchored)).rejects.toThrow(reverted);
      await expect(rule(disputer, [disputer], "overturn")).rejects.toThrow(reverted);
      await rule(disputer, [juror], "uphold");
      expect((await chain.disputes())[0]?.seats).toEqual({ uphold: jurySeats, overturn: 0, deeper: 0 });

      await close(disputer, anchored);
      expect((await chain.disputes())[0]?.status).toBe("upheld");
      expect(await chain.tokenBalanceWei(disputer.account)).toBe(balanceWei - bondWei);
      const { dueWei } = await chain.jurorOf(1, juryOf(juror));
      expect(dueWei).toBeGreaterThan(0n);
      const jurorWei = await chain.tokenBalanceWei(juror.account);
      await disputer.wallet.dispute({ step: "collect", dispute: 1, ...juryOf(juror) });
      expect(await chain.tokenBalanceWei(juror.account)).toBe(jurorWei + dueWei);
      expect((await chain.jurorOf(1, juryOf(juror))).dueWei).toBe(0n);
      await expect(juror.wallet.dispute({ step: "collect", dispute: 1, ...juryOf(juror) })).rejects.toThrow(
        reverted,
      );
      await subject.pass(HOUR_MS);
      expect(await challengeOf(0)).toMatchObject({ isFinal: true, isHeldUp: false });
    });

    it("lets a jury overturn a root and all that build on it: the bond comes back", async () => {
      const { chain } = subject;
      const juror = await stake("a");
      const disputer = await member("b");
      const anchored = await anchor(juror, 0);
      await anchor(juror, 1, anchored.root.stateRoot, "2");
      const balanceWei = await chain.tokenBalanceWei(disputer.account);
      await disputer.wallet.dispute({ step: "open", anchored, reason: hash("9") });
      await draw(disputer);
      await rule(disputer, [juror], "overturn");
      await close(disputer, anchored);
      expect((await chain.disputes())[0]?.status).toBe("overturned");
      expect(await chain.tokenBalanceWei(disputer.account)).toBe(balanceWei);
      expect(await chain.lastAnchoredEpoch()).toBeUndefined();
      expect(await chain.anchoredRecord(1)).toBeUndefined();
      expect(await challengeOf(0)).toBeUndefined();
    });

    it("ends by itself when nobody rules: after a deeper audit the root stands", async () => {
      const { chain } = subject;
      const juror = await stake("a");
      const anchored = await anchor(juror, 0);
      await juror.wallet.dispute({ step: "open", anchored, reason: hash("9") });
      for (const stage of [1, 2]) {
        await draw(juror);
        expect((await chain.disputes())[0]).toMatchObject({ status: "ruling", stage });
        await expect(close(juror, anchored)).rejects.toThrow(reverted);
        await subject.pass(2 * HOUR_MS);
        await close(juror, anchored);
      }
      expect((await chain.disputes())[0]?.status).toBe("expired");
      expect(await challengeOf(0)).toMatchObject({ isFinal: true });
      await expect(juror.wallet.dispute({ step: "open", anchored, reason: hash("8") })).rejects.toThrow(
        reverted,
      );
    });

    it("refuses a dispute about another root than the anchored one, and lists the newest first", async () => {
      const juror = await stake("a");
      const anchored = await anchor(juror, 0);
      const other = { ...anchored, root: { ...anchored.root, stateRoot: hash("e") } };
      await expect(
        juror.wallet.dispute({ step: "open", anchored: other, reason: hash("9") }),
      ).rejects.toThrow(reverted);
      for (const digit of ["7", "8", "9"]) {
        await juror.wallet.dispute({ step: "open", anchored, reason: hash(digit) });
      }
      const listed = await subject.chain.disputes();
      expect(listed.map(({ dispute, reason }) => [dispute, reason])).toEqual([
        [3, hash("9")],
        [2, hash("8")],
        [1, hash("7")],
      ]);
    });

    it("takes stake for two signed roots of one epoch, once, and gives who shows them a part", async () => {
      const { chain } = subject;
      const liar = await stake("a");
      const reporter = await member("b");
      const [first, second] = [await signed(liar, 3, "1"), await signed(liar, 3, "2")];
      const { nodeId } = liar;
      const evidence: Evidence = { offence: "two-roots", nodeId, first, second };
      const same: Evidence = { ...evidence, second: first };
      const another: Evidence = { ...evidence, second: await signed(reporter, 3, "2") };
      const later: Evidence = { ...evidence, second: await signed(liar, 4, "2") };
      for (const nothing of [same, another, later]) {
        expect(await chain.sentenceOf(nothing)).toBeUndefined();
        await expect(report(reporter, nothing)).rejects.toThrow(reverted);
      }
      const sentence = await chain.sentenceOf(evidence);
      if (sentence === undefined) throw new Error("expected a sentence");
      const balanceWei = await chain.tokenBalanceWei(reporter.account);
      const stakeWei = (await chain.stakeOf(nodeId))?.stakeWei ?? 0n;
      await report(reporter, evidence);
      expect(sentence.lossWei).toBeGreaterThan(sentence.bountyWei);
      expect((await chain.stakeOf(nodeId))?.stakeWei).toBe(stakeWei - sentence.lossWei);
      expect(await chain.tokenBalanceWei(reporter.account)).toBe(balanceWei + sentence.bountyWei);
      expect(await chain.sentenceOf(evidence)).toBeUndefined();
      await expect(report(reporter, evidence)).rejects.toThrow(reverted);
    });

    it("takes stake for a signature under a root once a jury has overturned it", async () => {
      const { chain } = subject;
      const juror = await stake("a");
      const reporter = await member("b");
      const anchored = await anchor(juror, 0);
      const { nodeId } = juror;
      const own = { root: anchored.root, signature: await juror.operator.sign(anchored.root) };
      const evidence: Evidence = { offence: "refuted-root", nodeId, signed: own };
      expect(await chain.sentenceOf(evidence)).toBeUndefined();
      await reporter.wallet.dispute({ step: "open", anchored, reason: hash("9") });
      await draw(reporter);
      await rule(reporter, [juror], "overturn");
      await close(reporter, anchored);
      const sentence = await chain.sentenceOf(evidence);
      expect(sentence?.bountyWei).toBeGreaterThan(0n);
      const stakeWei = (await chain.stakeOf(nodeId))?.stakeWei ?? 0n;
      await report(reporter, evidence);
      expect((await chain.stakeOf(nodeId))?.stakeWei).toBe(stakeWei - (sentence?.lossWei ?? 0n));
      const other = { root: { ...own.root, stateRoot: hash("2") }, signature: own.signature };
      expect(
        await chain.sentenceOf({ offence: "two-roots", nodeId, first: own, second: other }),
      ).toBeUndefined();
    });

    function report(by: Member, evidence: Evidence): Promise<Hash> {
      return by.wallet.dispute({ step: "report", evidence });
    }

    async function signed({ operator }: Member, epoch: number, stateRoot: string): Promise<SignedRoot> {
      const { blockNumber } = await subject.chain.registryAt(await subject.settle());
      await subject.settle();
      const root = {
        epoch,
        previousRoot: hash("0"),
        stateRoot: hash(stateRoot),
        claimsRoot: hash("c"),
        manifestDigest: hash("d"),
        snapshotBlock: blockNumber,
      };
      return { root, signature: await operator.sign(root) };
    }

    async function challengeOf(epoch: number): Promise<Challenge | undefined> {
      return (await subject.chain.challengesOf([epoch])).get(epoch);
    }

    async function member(digit: string): Promise<Member> {
      const wallet = await subject.newWallet();
      const account = wallet.account();
      if (account === undefined) throw new Error("expected a connected wallet");
      return { wallet, account, operator: subject.newOperator(), nodeId: hash(digit) };
    }

    /** The only one with a stake: the whole jury. */
    async function stake(digit: string): Promise<Member> {
      const staker = await member(digit);
      const { operator, nodeId, account } = staker;
      await staker.wallet.stake(
        await stakeRequest(operator, { nodeId, account, amountWei: 100n * TOKEN_WEI }),
      );
      return staker;
    }

    async function anchor(
      by: Member,
      epoch: number,
      previousRoot = hash("0"),
      stateRoot = "1",
    ): Promise<AnchoredRoot> {
      const { blockNumber } = await subject.chain.registryAt(await subject.settle());
      await subject.settle();
      const root = {
        epoch,
        previousRoot,
        stateRoot: hash(stateRoot),
        claimsRoot: hash("c"),
        manifestDigest: hash("d"),
        snapshotBlock: blockNumber,
      };
      const signature = await by.operator.sign(root);
      await by.wallet.anchor({ root, signatures: [{ operator: by.operator.address, signature }] });
      const record = await subject.chain.anchoredRecord(epoch);
      if (record === undefined) throw new Error("expected an anchored epoch");
      return record;
    }

    async function draw(by: Member): Promise<void> {
      const drawBlock = (await subject.chain.disputes())[0]?.drawBlock ?? 0;
      const { blockNumber } = await subject.chain.head();
      await subject.mine(drawBlock - blockNumber);
      await by.wallet.dispute({ step: "draw", dispute: 1 });
    }

    async function rule(by: Member, jurors: readonly Member[], ruling: JuryRulingName): Promise<void> {
      const stage = (await subject.chain.disputes())[0]?.stage ?? 0;
      const signatures = await Promise.all(
        jurors.map(({ operator }) => operator.signRuling({ dispute: 1, stage, ruling })),
      );
      await by.wallet.dispute({ step: "rule", dispute: 1, ruling, signatures });
    }

    function close(by: Member, anchored: AnchoredRoot): Promise<Hash> {
      return by.wallet.dispute({ step: "close", dispute: 1, anchored });
    }
  });
}

const juryOf = ({ operator, nodeId }: Member) => ({ operator: operator.address, nodeId });
