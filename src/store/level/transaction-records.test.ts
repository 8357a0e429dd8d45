import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeTransactionRecords } from "../../ports/acceptance/chain-records.ts";
import { openLevelTransactions } from "./transaction-records.ts";

describeTransactionRecords("LevelDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-level-"));
  const first = join(folder, "first");
  const records = await openLevelTransactions(first, "bafyreigenesis");
  return {
    records,
    // A process that dies leaves its files as they are; a copy of them is what the next one finds.
    reopen: async () => {
      await cp(first, join(folder, "copy"), { recursive: true });
      return openLevelTransactions(join(folder, "copy"), "bafyreigenesis");
    },
    dispose: async () => {
      await records.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
