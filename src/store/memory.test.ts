import { describeStore } from "../ports/acceptance/store.ts";
import { MemoryDisk, MemoryStore } from "./memory.ts";

describeStore("memory", async () => {
  const disk = new MemoryDisk();
  const store = new MemoryStore(disk);
  return { store, reopen: async () => new MemoryStore(disk), dispose: () => store.close() };
});
