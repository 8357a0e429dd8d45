import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address, Hash } from "../../core/primitives.ts";
import type { AskedTransaction, TransactionCall, TransactionReads, WatchedNonce } from "../transactions.ts";

export interface TransactionReadsUnderTest {
  readonly reads: TransactionReads;
  /** An account that can pay, whose transactions wait until `mine`. */
  readonly account: Address;
  /** Head and next nonce as a wallet would be asked now. */
  asked(call: TransactionCall): Promise<AskedTransaction>;
  /** A transaction into the pool; one with a nonce that waits there takes its place. */
  send(call: TransactionCall, nonce?: number): Promise<Hash>;
  /** Takes it out of the pool, as a node with too many does. */
  drop(transaction: Hash): Promise<void>;
  mine(blocks?: number): Promise<void>;
  /** The newest blocks are replaced by empty ones, and what was in them is gone. */
  reorganise(depth: number): Promise<void>;
  unplug(): Promise<void>;
  dispose(): Promise<void>;
}

const OTHER: Address = `0x${"7".repeat(40)}`;
const call = (valueWei: bigint): TransactionCall => ({ to: OTHER, data: "", valueWei });

/** Promises of the TransactionReads port. */
export function describeTransactionReads(name: string, make: () => Promise<TransactionReadsUnderTest>): void {
  describe(`TransactionReads: ${name}`, () => {
    let subject: TransactionReadsUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("knows what waits, by its hash, and its nonce", async () => {
      const watched = await watch(call(1n));
      const hash = await subject.send(call(1n));
      const seen = await subject.reads.observe({ ...watched, hashes: [hash] });
      expect(seen).toMatchObject({ isKnown: true, nonce: watched.asked.nextNonce, mined: undefined });
      expect(seen.nextNonce).toBe(watched.asked.nextNonce);
      expect(seen.head.hash).toMatch(/^[0-9a-f]{64}$/);
    });

    it("gives the block of what was mined, and what it did", async () => {
      const watched = await watch(call(1n));
      const hash = await subject.send(call(1n));
      await subject.mine(3);
      const seen = await subject.reads.observe({ ...watched, hashes: [hash] });
      expect(seen.mined).toMatchObject({
        transaction: hash,
        nonce: watched.asked.nextNonce,
        call: call(1n),
        succeeded: true,
        block: { number: seen.head.number - 2 },
      });
      expect(seen.mined?.feeWei).toBeGreaterThan(0n);
      expect(seen.nextNonce).toBe(watched.asked.nextNonce + 1);
    });

    it("finds by its nonce what took the place of a transaction", async () => {
      const watched = await watch(call(1n));
      const first = await subject.send(call(1n));
      const nonce = watched.asked.nextNonce;
      await subject.mine(0);
      const second = await subject.send(call(2n), nonce);
      await subject.mine(40);
      const seen = await subject.reads.observe({ asked: watched.asked, nonce, hashes: [first] });
      expect(seen.mined).toMatchObject({ transaction: second, nonce, call: call(2n) });
    });

    it("finds without a hash what does what was asked, and nothing else", async () => {
      await subject.send(call(5n));
      await subject.mine();
      const watched = await watch(call(1n));
      expect((await subject.reads.observe(watched)).mined).toBeUndefined();
      await subject.send(call(3n));
      await subject.mine();
      expect((await subject.reads.observe(watched)).mined).toBeUndefined();
      const hash = await subject.send(call(1n));
      await subject.mine();
      expect((await subject.reads.observe(watched)).mined?.transaction).toBe(hash);
    });

    it("knows no more what the pool has dropped", async () => {
      const watched = await watch(call(1n));
      const hash = await subject.send(call(1n));
      await subject.drop(hash);
      const seen = await subject.reads.observe({ ...watched, hashes: [hash] });
      expect(seen).toMatchObject({ isKnown: false, mined: undefined, nextNonce: watched.asked.nextNonce });
    });

    it("says that a block was taken back", async () => {
      const watched = await watch(call(1n));
      const hash = await subject.send(call(1n));
      await subject.mine(2);
      const before = await subject.reads.observe({ ...watched, hashes: [hash] });
      expect(before.mined?.transaction).toBe(hash);
      await subject.reorganise(2);
      const after = await subject.reads.observe({ ...watched, hashes: [hash] });
      expect(after.mined).toBeUndefined();
      expect(after.nextNonce).toBe(watched.asked.nextNonce);
      expect(after.head.hash).not.toBe(before.head.hash);
    });

    it("says that the chain is unreachable", async () => {
      const watched = await watch(call(1n));
      await subject.unplug();
      await expect(subject.reads.observe(watched)).rejects.toMatchObject({
        data: { code: "chain-unreachable" },
      });
    });

    async function watch(wanted: TransactionCall): Promise<WatchedNonce> {
      return { asked: await subject.asked(wanted), nonce: undefined, hashes: [] };
    }
  });
}
