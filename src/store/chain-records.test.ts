import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
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

describeChainRecords("memory", async () => {
  const disk = new MemoryChainDisk();
  return {
    records: new MemoryChainRecords(disk),
    reopen: async () => new MemoryChainRecords(disk),
    dispose: async () => {},
  };
});
