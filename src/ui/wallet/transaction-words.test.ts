import { describe, expect, it } from "vitest";
import type { StoredTransaction } from "../../app/parley.ts";
import { canForget, canResend, transactionWords } from "./transaction-words.ts";

const FIRST = "1".repeat(64);
const SECOND = "2".repeat(64);

function transaction(change: Partial<StoredTransaction>): StoredTransaction {
  return {
    id: "a",
    askedAtMs: 1,
    asked: {
      account: `0x${"a".repeat(40)}`,
      call: { to: `0x${"b".repeat(40)}`, data: "", valueWei: 0n },
      summary: "Stake",
      nextNonce: 1,
      blockNumber: 2,
    },
    nonce: 1,
    hashes: [FIRST],
    fate: { state: "pending" },
    waitsSinceBlock: 2,
    reorganisations: 0,
    updatedAtMs: 1,
    ...change,
  };
}

const mined = (change: object) =>
  transaction({
    fate: { state: "mined", outcome: "confirmed", transaction: FIRST, depth: 1, final: false, ...change },
  });

describe("a person reads of a transaction", () => {
  it("what its state is and what it means", () => {
    const of = (one: StoredTransaction) => {
      const { state, sentence } = transactionWords(one);
      return `${state}: ${sentence}`;
    };
    expect(of(transaction({}))).toBe("waiting: Sent. It waits for a block.");
    expect(of(transaction({ reorganisations: 1 }))).toContain("taken back: The chain has taken back");
    expect(of(transaction({ fate: { state: "refused", reason: "The fee is too low" } }))).toBe(
      "not sent: Nothing was sent: The fee is too low.",
    );
    expect(of(mined({}))).toBe("confirmed: A block has it. 1 block deep: it can still be taken back.");
    expect(of(mined({ final: true, depth: 6 }))).toBe("confirmed: A block has it. It is final.");
    expect(of({ ...mined({ transaction: SECOND, final: true }), hashes: [FIRST, SECOND] })).toContain(
      "confirmed, sped up:",
    );
    expect(of(mined({ outcome: "reverted", final: true }))).toContain("cost its fee and changed nothing");
    expect(of(mined({ outcome: "replaced", transaction: undefined, final: true }))).toContain(
      "Which one, the chain's nodes do not say.",
    );
    expect(of({ ...mined({ final: true }), reorganisations: 2 })).toContain("taken back 2 times before");
  });

  it("only actions that make sense", () => {
    const actions = (one: StoredTransaction) => [canResend(one), canForget(one)];
    expect(actions(transaction({}))).toEqual([true, false]);
    expect(actions(transaction({ fate: { state: "stuck" } }))).toEqual([true, false]);
    expect(actions(transaction({ fate: { state: "dropped" } }))).toEqual([false, true]);
    expect(actions(transaction({ fate: { state: "asking" }, hashes: [] }))).toEqual([false, true]);
    expect(actions(mined({}))).toEqual([false, true]);
  });
});
