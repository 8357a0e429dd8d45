import { Dexie } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { describeChainRecords } from "../ports/acceptance/chain-records.ts";
import { openChainRecords } from "./chain-records.ts";
import { MemoryChainDisk, MemoryChainRecords } from "./chain-records-memory.ts";

describeChainRecords("Dexie", async () => {
  const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  const records = await openChainRecords("bafyreigenesis", engine);
  return {
    records,
    reopen: () => openChainRecords("bafyreigenesis", engine),
    dispose: () => records.close(),
  };
});

describe("records that a version before kept", () => {
  const NEXT = { number: 7, hash: "7".repeat(64), timestampMs: 7_000 };

  it("are read anew from the chain, because events of new kinds lie in what was read; transactions stay", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const older = new Dexie("parley-chain-bafyreigenesis", engine);
    older.version(1).stores({
      transactions: "id, askedAtMs",
      views: "key",
      blocks: "number",
      events: "[blockNumber+logIndex], [account+blockNumber+logIndex]",
      tips: "id",
    });
    await older.table("tips").put({ id: "tip", tip: NEXT });
    await older.table("blocks").put({ number: NEXT.number, hash: NEXT.hash });
    await older.table("events").put({ kind: "withdrawn", blockNumber: 7, logIndex: 0, account: "0xa" });
    await older.table("views").put({ key: "overview", value: new Uint8Array([1]) });
    await older.table("transactions").put({ id: "own", askedAtMs: 1 });
    older.close();

    const records = await openChainRecords("bafyreigenesis", engine);
    expect(await records.indexTip()).toBeUndefined();
    expect(await records.indexedBlocks()).toEqual([]);
    expect(await records.events({ limit: 9 })).toEqual([]);
    expect(await records.getView("overview")).toEqual(new Uint8Array([1]));
    expect(await records.listTransactions()).toHaveLength(1);
    await records.close();
  });
});

describeChainRecords("memory", async () => {
  const disk = new MemoryChainDisk();
  return {
    records: new MemoryChainRecords(disk),
    reopen: async () => new MemoryChainRecords(disk),
    dispose: async () => {},
  };
});
