import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Transactions } from "../src/app/wallet/transactions/transactions.ts";
import { failure } from "../src/core/errors.ts";
import { describeChainRecords } from "../src/ports/acceptance/chain-records.ts";
import { describeTransactionReads } from "../src/ports/acceptance/transactions.ts";
import type { StoredTransaction, TransactionCall } from "../src/ports/transactions.ts";
import { MemoryChainDisk, MemoryChainRecords } from "../src/store/chain-records-memory.ts";
import { SimulatedNonces } from "./adapters/chain/nonces.ts";
import { ManualClock } from "./adapters/clock.ts";
import { SeededRandom } from "./adapters/random.ts";

describeTransactionReads("simulated", async () => {
  const nonces = new SimulatedNonces();
  return {
    reads: nonces,
    account: nonces.account,
    asked: async (call) => nonces.asked(call),
    send: async (call, nonce) => nonces.send(call, nonce),
    drop: async (transaction) => nonces.drop(transaction),
    mine: async (blocks) => nonces.mine(blocks),
    reorganise: async (depth) => nonces.reorganise(depth),
    unplug: async () => {
      nonces.reachable = false;
    },
    dispose: async () => {},
  };
});

describeChainRecords("simulated", async () => {
  const disk = new MemoryChainDisk();
  return {
    records: new MemoryChainRecords(disk),
    reopen: async () => new MemoryChainRecords(disk),
    dispose: async () => {},
  };
});

const RULES = { finalBlocks: 6, stuckBlocks: 10, droppedBlocks: 3 };
const CALL: TransactionCall = { to: `0x${"7".repeat(40)}`, data: "aa", valueWei: 0n };

function world() {
  const nonces = new SimulatedNonces();
  const disk = new MemoryChainDisk();
  const clock = new ManualClock(1_000);
  const open = () =>
    new Transactions({
      records: new MemoryChainRecords(disk),
      reads: nonces,
      wallet: {
        resend: async ({ asked, nonce, as }) =>
          nonces.send(as === "cancel" ? { to: asked.account, data: "", valueWei: 0n } : asked.call, nonce),
      },
      clock,
      random: new SeededRandom(disk.transactions.size + 1),
      rules: RULES,
      depthEveryMs: 4_000,
    });
  return { nonces, clock, open };
}

/** As a wallet's write goes, up to its answer. */
function send(transactions: Transactions, nonces: SimulatedNonces, call = CALL): string {
  const sender = transactions.sender();
  sender.onUpdate({ state: "asking", request: nonces.asked(call) });
  const transaction = nonces.send(call);
  sender.onUpdate({ state: "sent", transaction });
  return transaction;
}

async function only(transactions: Transactions): Promise<StoredTransaction> {
  await settled();
  await transactions.look();
  const [first] = transactions.list.value;
  if (first === undefined) throw new Error("expected a transaction");
  return first;
}

/** Writes begun by a wallet's updates are over after as many turns as they have steps. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
}

describe("the user's transactions", () => {
  it("end as rejected when the person says no, and as refused when the wallet cannot", async () => {
    const { nonces, open } = world();
    const transactions = open();
    for (const code of ["wallet-rejected", "fee-too-low"]) {
      const sender = transactions.sender();
      sender.onUpdate({ state: "asking", request: nonces.asked(CALL) });
      sender.failed(failure(code, `because of ${code}`));
    }
    await settled();
    await transactions.look();
    expect(transactions.list.value.map(({ fate }) => fate)).toEqual(
      expect.arrayContaining([{ state: "rejected" }, { state: "refused", reason: "because of fee-too-low" }]),
    );
  });

  it("are confirmed in a block, and final when enough blocks lie on it", async () => {
    const { nonces, open } = world();
    const transactions = open();
    const transaction = send(transactions, nonces);
    expect((await only(transactions)).fate).toEqual({ state: "pending" });
    nonces.mine();
    expect((await only(transactions)).fate).toMatchObject({
      state: "mined",
      outcome: "confirmed",
      transaction,
      depth: 1,
      final: false,
    });
    nonces.mine(5);
    expect((await only(transactions)).fate).toMatchObject({ depth: 6, final: true });
  });

  it("are stuck when blocks pass without them, and can be sped up or cancelled", async () => {
    for (const [as, outcome] of [
      ["speedUp", "confirmed"],
      ["cancel", "cancelled"],
    ] as const) {
      const { nonces, open } = world();
      const transactions = open();
      const first = send(transactions, nonces);
      nonces.mine(9, true);
      expect((await only(transactions)).fate.state).toBe("pending");
      nonces.mine(1, true);
      const stuck = await only(transactions);
      expect(stuck.fate.state).toBe("stuck");
      await transactions[as](stuck.id);
      const again = await only(transactions);
      expect(again.fate.state).toBe("pending");
      expect(again.hashes).toHaveLength(2);
      nonces.mine();
      const { fate, hashes } = await only(transactions);
      expect(fate).toMatchObject({ state: "mined", outcome, transaction: hashes[1] });
      expect(hashes[0]).toBe(first);
      await expect(transactions.speedUp("nothing")).rejects.toThrow(
        expect.objectContaining({ code: "transaction-settled" }),
      );
    }
  });

  it("are found by their nonce when the wallet replaced them: sped up, cancelled, or something else", async () => {
    const self = { to: world().nonces.account, data: "", valueWei: 0n };
    for (const [call, outcome] of [
      [CALL, "confirmed"],
      [self, "cancelled"],
      [{ ...CALL, data: "bb" }, "replaced"],
    ] as const) {
      const { nonces, open } = world();
      const transactions = open();
      send(transactions, nonces);
      await only(transactions);
      const replacement = nonces.send(call, 0);
      nonces.mine();
      const { fate } = await only(transactions);
      expect(fate).toMatchObject({ state: "mined", outcome, transaction: replacement });
    }
  });

  it("are dropped when no node knows them for some blocks, and come back when one does", async () => {
    const { nonces, open } = world();
    const transactions = open();
    const transaction = send(transactions, nonces);
    await only(transactions);
    nonces.drop(transaction);
    expect((await only(transactions)).fate.state).toBe("pending");
    nonces.mine(3);
    expect((await only(transactions)).fate.state).toBe("dropped");
    nonces.send(CALL, 0);
    nonces.mine();
    expect((await only(transactions)).fate).toMatchObject({ state: "mined", outcome: "confirmed" });
  });

  it("wait again when their block is taken back, and say how often that was", async () => {
    const { nonces, open } = world();
    const transactions = open();
    send(transactions, nonces);
    nonces.mine(2);
    expect((await only(transactions)).fate.state).toBe("mined");
    nonces.reorganise(2, true);
    expect(await only(transactions)).toMatchObject({ fate: { state: "pending" }, reorganisations: 1 });
    nonces.mine();
    expect(await only(transactions)).toMatchObject({ fate: { state: "mined" }, reorganisations: 1 });
    nonces.reorganise(1);
    nonces.mine(3);
    expect((await only(transactions)).reorganisations).toBe(2);
    nonces.mine(3);
    expect((await only(transactions)).fate.state).toBe("dropped");
  });

  it("go on after a reload; one whose wallet answered nobody is found by what it does", async () => {
    const { nonces, open } = world();
    const before = open();
    before.sender().onUpdate({ state: "asking", request: nonces.asked(CALL) });
    await settled();
    before.stop();
    const transaction = nonces.send(CALL);
    const after = open();
    await after.start();
    expect((await only(after)).fate.state).toBe("asking");
    nonces.mine();
    expect(await only(after)).toMatchObject({
      hashes: [transaction],
      fate: { state: "mined", outcome: "confirmed" },
    });
  });

  it("look by themselves while something is open, and keep what is known while the chain is away", async () => {
    const { nonces, clock, open } = world();
    const transactions = open();
    await transactions.start();
    send(transactions, nonces);
    await settled();
    nonces.reachable = false;
    nonces.mine();
    await clock.advance(4_000);
    await settled();
    expect(transactions.list.value[0]?.fate.state).toBe("pending");
    nonces.reachable = true;
    await clock.advance(4_000);
    await settled();
    expect(transactions.list.value[0]?.fate.state).toBe("mined");
  });

  it("end as the chain has them, whatever happens on the way", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("mine" as const), blocks: fc.nat(4), full: fc.boolean() }),
      fc.record({ kind: fc.constant("reorganise" as const), depth: fc.nat(5), again: fc.boolean() }),
      fc.record({ kind: fc.constant("replace" as const), same: fc.boolean() }),
      fc.record({ kind: fc.constant("drop" as const) }),
      fc.record({ kind: fc.constant("reload" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { nonces, open } = world();
        let transactions = open();
        let last = send(transactions, nonces);
        let final: StoredTransaction | undefined;
        for (const one of steps) {
          if (one.kind === "mine") nonces.mine(one.blocks, one.full);
          if (one.kind === "reorganise") nonces.reorganise(one.depth, one.again);
          if (one.kind === "drop") nonces.drop(last);
          if (one.kind === "replace" && nonces.asked(CALL).nextNonce <= 1) {
            last = nonces.asked(CALL).nextNonce === 1 && isWaiting(nonces) ? replace(nonces, one.same) : last;
          }
          if (one.kind === "reload") {
            transactions.stop();
            transactions = open();
          }
          const now = await only(transactions);
          // What is final stays as it was.
          if (final !== undefined) expect(now).toEqual(final);
          if (now.fate.state === "mined" && now.fate.final) final = now;
        }
        nonces.mine(1);
        nonces.mine(RULES.finalBlocks + RULES.droppedBlocks);
        await only(transactions);
        const { fate, hashes, asked } = await only(transactions);
        if (final !== undefined) return;
        const seen = await nonces.observe({ asked, nonce: 0, hashes });
        if (seen.mined === undefined) expect(["dropped", "pending"]).toContain(fate.state);
        else expect(fate).toMatchObject({ state: "mined", transaction: seen.mined.transaction, final: true });
      }),
      { numRuns: 300 },
    );
  });
});

const isWaiting = (nonces: SimulatedNonces): boolean => nonces.asked(CALL).nextNonce === 1;

function replace(nonces: SimulatedNonces, same: boolean): string {
  try {
    return nonces.send(same ? CALL : { ...CALL, data: "bb" }, 0);
  } catch {
    return "";
  }
}
