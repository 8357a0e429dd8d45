import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import type { Address, Hash } from "../../core/primitives.ts";
import type { ChainEvent, ChainRecords, EventBatch, TransactionRecords } from "../chain-records.ts";
import type { BlockReference, StoredTransaction } from "../transactions.ts";

export interface ChainRecordsUnderTest {
  readonly records: ChainRecords;
  /** The same records as another tab, or the next visit, opens them. */
  reopen(): Promise<ChainRecords>;
  dispose(): Promise<void>;
}

export interface TransactionRecordsUnderTest {
  readonly records: TransactionRecords;
  /** The same records as the next start opens them. */
  reopen(): Promise<TransactionRecords>;
  dispose(): Promise<void>;
}

const ANN: Address = `0x${"a".repeat(40)}`;
const BEN: Address = `0x${"b".repeat(40)}`;

const hashOf = (number: number, branch = "0"): Hash =>
  branch.repeat(32) + number.toString(16).padStart(32, "0");
const block = (number: number, branch?: string): BlockReference => ({
  number,
  hash: hashOf(number, branch),
});
const tip = (number: number, branch?: string) => ({ ...block(number, branch), timestampMs: number * 1_000 });

const claimed = (number: number, logIndex: number, account: Address): ChainEvent => ({
  kind: "claimed",
  blockNumber: number,
  blockHash: hashOf(number),
  transaction: hashOf(number, "e"),
  logIndex,
  epoch: 1,
  account,
  amountWei: 5n,
  cumulativeWei: 7n * 10n ** 18n,
});
const operatorChanged = (number: number, logIndex: number): ChainEvent => ({
  kind: "operator-changed",
  blockNumber: number,
  blockHash: hashOf(number),
  transaction: hashOf(number, "e"),
  logIndex,
  nodeId: hashOf(1),
  oldOperator: ANN,
  newOperator: BEN,
});

const locked = (number: number, logIndex: number, account: Address | undefined): ChainEvent => ({
  kind: "locked",
  blockNumber: number,
  blockHash: hashOf(number),
  transaction: hashOf(number, "e"),
  logIndex,
  timestampMs: number * 1_000,
  nodeId: hashOf(1),
  ...(account && { account }),
  untilMs: 1_900_000_000_000,
});

function batch(from: number, to: number, events: readonly ChainEvent[] = []): EventBatch {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index + 1);
  return {
    after: from < 0 ? undefined : block(from),
    tip: tip(to),
    blocks: numbers.map((number) => block(number)),
    events,
  };
}

const transaction = (id: string, askedAtMs: number): StoredTransaction => ({
  id,
  askedAtMs,
  asked: {
    account: ANN,
    call: { to: BEN, data: "aa", valueWei: 3n },
    summary: "Stake",
    nextNonce: 2,
    blockNumber: 9,
  },
  hashes: [hashOf(1)],
  fate: {
    state: "mined",
    outcome: "confirmed",
    transaction: hashOf(1),
    block: block(10),
    depth: 2,
    final: false,
    feeWei: 21_000n,
  },
  waitsSinceBlock: 9,
  reorganisations: 0,
  updatedAtMs: askedAtMs,
});

/** Promises of the TransactionRecords port. */
export function describeTransactionRecords(
  name: string,
  make: () => Promise<TransactionRecordsUnderTest>,
): void {
  describe(`TransactionRecords: ${name}`, () => {
    let subject: TransactionRecordsUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("keeps transactions, the last asked for first, and replaces and forgets them", async () => {
      const { records } = subject;
      await records.putTransaction(transaction("old", 1));
      await records.putTransaction(transaction("new", 2));
      await records.putTransaction({ ...transaction("old", 1), fate: { state: "dropped" } });
      expect(await records.listTransactions()).toEqual([
        transaction("new", 2),
        { ...transaction("old", 1), fate: { state: "dropped" } },
      ]);
      await records.deleteTransaction("new");
      expect((await records.listTransactions()).map(({ id }) => id)).toEqual(["old"]);
    });

    it("has them at the next start", async () => {
      await subject.records.putTransaction(transaction("kept", 1));
      const again = await subject.reopen();
      expect(await again.listTransactions()).toEqual([transaction("kept", 1)]);
    });
  });
}

/** Promises of the ChainRecords port. */
export function describeChainRecords(name: string, make: () => Promise<ChainRecordsUnderTest>): void {
  describeTransactionRecords(name, make);
  describe(`ChainRecords: ${name}`, () => {
    let subject: ChainRecordsUnderTest;
    let records: ChainRecords;
    beforeEach(async () => {
      subject = await make();
      records = subject.records;
    });
    afterEach(() => subject.dispose());

    it("knows no end and no event at first", async () => {
      expect(await records.indexTip()).toBeUndefined();
      expect(await records.indexedBlocks()).toEqual([]);
      expect(await records.events({ limit: 10 })).toEqual([]);
    });

    it("adds stretches one after another, and lists events the newest first", async () => {
      const events = [claimed(1, 0, ANN), claimed(2, 0, BEN), operatorChanged(2, 1)];
      expect(await records.addEvents(batch(-1, 2, events))).toBe(true);
      expect(await records.addEvents(batch(2, 4, [claimed(4, 3, ANN)]))).toBe(true);
      expect(await records.indexTip()).toEqual(tip(4));
      expect((await records.indexedBlocks()).map(({ number }) => number)).toEqual([4, 3, 2, 1, 0]);
      expect(await records.events({ limit: 9 })).toEqual([
        claimed(4, 3, ANN),
        operatorChanged(2, 1),
        claimed(2, 0, BEN),
        claimed(1, 0, ANN),
      ]);
      expect(await records.events({ limit: 1, account: ANN })).toEqual([claimed(4, 3, ANN)]);
      expect(await records.events({ limit: 9, account: BEN })).toEqual([claimed(2, 0, BEN)]);
      expect(await records.events({ limit: 9, kinds: ["operator-changed"] })).toEqual([
        operatorChanged(2, 1),
      ]);
    });

    it("finds what a node did, and of it what one account did", async () => {
      const events = [locked(1, 0, ANN), locked(1, 1, undefined), locked(2, 0, BEN), claimed(2, 1, ANN)];
      await records.addEvents(batch(-1, 2, events));
      const nodeId = hashOf(1);
      expect(await records.events({ limit: 9, nodeId })).toEqual([
        locked(2, 0, BEN),
        locked(1, 1, undefined),
        locked(1, 0, ANN),
      ]);
      expect(await records.events({ limit: 9, nodeId, account: ANN })).toEqual([locked(1, 0, ANN)]);
      expect(await records.events({ limit: 9, nodeId, kinds: ["staked"] })).toEqual([]);
      expect(await records.events({ limit: 9, nodeId: hashOf(2) })).toEqual([]);
    });

    it("keeps nothing of a stretch that does not begin where the index ends", async () => {
      await records.addEvents(batch(-1, 2, [claimed(1, 0, ANN)]));
      expect(await records.addEvents(batch(-1, 2, [claimed(2, 0, ANN)]))).toBe(false);
      expect(await records.addEvents({ ...batch(2, 3), after: block(2, "f") })).toBe(false);
      expect(await records.indexTip()).toEqual(tip(2));
      expect(await records.events({ limit: 9 })).toEqual([claimed(1, 0, ANN)]);
    });

    it("adds a stretch once when two tabs read it at the same time", async () => {
      const other = await subject.reopen();
      const added = await Promise.all([
        records.addEvents(batch(-1, 1, [claimed(1, 0, ANN)])),
        other.addEvents(batch(-1, 1, [claimed(1, 0, ANN)])),
      ]);
      expect(added.sort()).toEqual([false, true]);
      expect(await other.events({ limit: 9 })).toHaveLength(1);
      await other.close();
    });

    it("takes back what lies above a block, and goes on from there", async () => {
      await records.addEvents(batch(-1, 4, [claimed(2, 0, ANN), claimed(3, 0, ANN), claimed(4, 0, ANN)]));
      await records.rollBack(block(2));
      expect(await records.indexTip()).toMatchObject(block(2));
      expect((await records.indexedBlocks())[0]).toEqual(block(2));
      expect(await records.events({ limit: 9, account: ANN })).toEqual([claimed(2, 0, ANN)]);
      expect(await records.addEvents({ ...batch(2, 3), tip: tip(3, "f"), blocks: [block(3, "f")] })).toBe(
        true,
      );
      expect((await records.indexedBlocks())[0]).toEqual(block(3, "f"));
      await records.rollBack(undefined);
      expect(await records.indexTip()).toBeUndefined();
      expect(await records.events({ limit: 9 })).toEqual([]);
    });

    it("remembers a bounded number of blocks, the newest ones", async () => {
      await records.addEvents(batch(-1, LIMITS.keptBlocks + 20));
      const blocks = await records.indexedBlocks();
      expect(blocks).toHaveLength(LIMITS.keptBlocks);
      expect(blocks[0]).toEqual(block(LIMITS.keptBlocks + 20));
    });

    it("keeps everything for the next visit", async () => {
      await records.putTransaction(transaction("mine", 1));
      await records.addEvents(batch(-1, 2, [claimed(1, 0, ANN)]));
      await records.putView("overview", new Uint8Array([1, 2]));
      const again = await subject.reopen();
      expect(await again.listTransactions()).toEqual([transaction("mine", 1)]);
      expect(await again.indexTip()).toEqual(tip(2));
      expect(await again.events({ limit: 1 })).toEqual([claimed(1, 0, ANN)]);
      expect(await again.getView("overview")).toEqual(new Uint8Array([1, 2]));
      expect(await again.getView("other")).toBeUndefined();
      await again.close();
    });

    it("refuses to work once closed", async () => {
      await records.close();
      await expect(records.listTransactions()).rejects.toMatchObject({ data: { code: "storage-closed" } });
    });
  });
}
