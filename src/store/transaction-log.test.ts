import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { describeTransactionLog } from "../ports/acceptance/transaction-log.ts";
import { createTransactionLog, forgetDatabases, logDatabaseName } from "./transaction-log.ts";

describeTransactionLog("Dexie", async () => {
  const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  return { open: () => createTransactionLog("one", engine), dispose: async () => undefined };
});

describe("createTransactionLog", () => {
  const first = { number: 1, timestampSeconds: 1, raw: new Uint8Array([1]), blockHash: "0".repeat(64) };

  it("keeps each chain apart and forgets the one it is told to", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const one = createTransactionLog("one", engine);
    const two = createTransactionLog("two", engine);
    await one.append(first);
    await two.append(first);
    one.close();
    await forgetDatabases([logDatabaseName("one"), "never-there"], engine);
    expect(await createTransactionLog("one", engine).after(0)).toEqual([]);
    expect(await two.after(0)).toEqual([first]);
  });
});
