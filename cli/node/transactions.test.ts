import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Subject } from "../../src/app/observable.ts";
import { failure } from "../../src/core/errors.ts";
import type { StoredTransaction, TransactionFate, TransactionOutcome } from "../../src/ports/transactions.ts";
import { openLevelTransactions } from "../../src/store/level/transaction-records.ts";
import { Ends } from "./ends.ts";
import { lineLog } from "./log.ts";
import { tellTransactions, trackTransactions } from "./transactions.ts";

const HASH = "e".repeat(64);

function stored(fate: TransactionFate, hashes: readonly string[] = [HASH]): StoredTransaction {
  return {
    id: "one",
    askedAtMs: 1,
    asked: {
      account: `0x${"a".repeat(40)}`,
      call: { to: `0x${"b".repeat(40)}`, data: "aa", valueWei: 0n },
      summary: "Stake 150 PAR",
      nextNonce: 2,
      blockNumber: 9,
    },
    hashes,
    fate,
    waitsSinceBlock: 9,
    reorganisations: 0,
    updatedAtMs: 1,
  };
}

const mined = (
  depth: number,
  final: boolean,
  outcome: TransactionOutcome = "confirmed",
): TransactionFate => ({
  state: "mined",
  outcome,
  transaction: HASH,
  block: { number: 10, hash: "c".repeat(64) },
  depth,
  final,
  feeWei: 21_000n,
});

const json = (line: string): Record<string, unknown> => JSON.parse(line);

function log() {
  const lines: string[] = [];
  return {
    lines,
    log: lineLog(
      true,
      (line) => lines.push(line),
      () => 0,
    ),
  };
}

describe("the transactions of a peer", () => {
  it("are told as one line of JSON for each change of state, and not for each block on top", () => {
    const { lines, log: write } = log();
    const list = new Subject<readonly StoredTransaction[]>([]);
    tellTransactions([], list, write);
    for (const fate of [
      { state: "asking" } as const,
      { state: "pending" } as const,
      { state: "pending" } as const,
      mined(1, false),
      mined(2, false),
      mined(6, true),
      mined(7, true),
    ]) {
      list.set([stored(fate, fate.state === "asking" ? [] : [HASH])]);
    }
    expect(lines.map(json).map(({ level, transaction }) => ({ level, transaction }))).toMatchObject([
      { level: "info", transaction: { id: "one", state: "asking", hash: null } },
      { level: "info", transaction: { state: "pending", hash: HASH } },
      { level: "info", transaction: { state: "mined", outcome: "confirmed", block: 10, final: false } },
      { level: "good", transaction: { state: "mined", final: true, feeWei: "21000" } },
    ]);
  });

  it("warn of what its owner should look at, and say of an earlier start's what still waits", () => {
    const { lines, log: write } = log();
    const waiting = stored({ state: "pending" });
    const list = new Subject<readonly StoredTransaction[]>([]);
    tellTransactions([waiting, { ...stored(mined(9, true)), id: "done" }], list, write);
    list.set([waiting]);
    list.set([stored({ state: "stuck" })]);
    list.set([stored(mined(1, false, "reverted"))]);
    expect(lines.map(json)).toMatchObject([
      { level: "info", text: `Stake 150 PAR: of an earlier start, waits for a block, ${HASH}` },
      { level: "warn", transaction: { state: "stuck" } },
      { level: "warn", text: "Stake 150 PAR: reverted in block 10" },
    ]);
  });
});

describe("trackTransactions", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-transactions-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("goes on after a restart with what the chain had not answered yet", async () => {
    const before = await openLevelTransactions(join(folder, "first"), "bafynetwork");
    await before.putTransaction(stored({ state: "pending" }));
    await before.close();
    await cp(join(folder, "first"), join(folder, "second"), { recursive: true });
    const ends = new Ends();
    const { lines, log: write } = log();
    const { createWallet } = await import("../../src/chain/wallet/wallet.ts");
    const { makeGenesis } = await import("../../vectors/lib/world.ts");
    const genesis = makeGenesis();
    const network = { rpcUrls: ["http://127.0.0.1:9"], chain: genesis.chain };
    const { transactions } = await trackTransactions({
      records: await openLevelTransactions(join(folder, "second"), "bafynetwork"),
      network,
      wallet: createWallet(network, new EventTarget()),
      genesis,
      log: write,
      ends,
    });
    await transactions.look();
    expect(transactions.list.value).toMatchObject([{ id: "one", fate: { state: "pending" } }]);
    expect(lines.map(json)).toMatchObject([{ transaction: { id: "one", state: "pending" } }]);
    await ends.all();
  });

  it("calls nothing refused that was under way when the peer stopped: the next start looks whether it was sent", async () => {
    const ends = new Ends();
    const { createWallet } = await import("../../src/chain/wallet/wallet.ts");
    const { makeGenesis } = await import("../../vectors/lib/world.ts");
    const genesis = makeGenesis();
    const network = { rpcUrls: ["http://127.0.0.1:9"], chain: genesis.chain };
    const { asked: request } = stored({ state: "asking" });
    const { wallet, transactions } = await trackTransactions({
      records: await openLevelTransactions(join(folder, "third"), "bafynetwork"),
      network,
      wallet: {
        ...createWallet(network, new EventTarget()),
        withdraw: async (onUpdate) => {
          onUpdate?.({ state: "asking", request });
          throw failure("aborted", "This node stops");
        },
      },
      genesis,
      log: log().log,
      ends,
    });
    await expect(wallet.withdraw()).rejects.toMatchObject({ code: "aborted" });
    await transactions.settled();
    expect(transactions.list.value).toMatchObject([{ fate: { state: "asking" } }]);
    await ends.all();
  });
});
