import type { Cid } from "../../core/primitives.ts";
import type { TransactionRecords } from "../../ports/chain-records.ts";
import type { StoredTransaction } from "../../ports/transactions.ts";
import { LevelDatabase } from "./database.ts";
import { keyOf, under } from "./keys.ts";

/** Transactions of a process that is no browser, in a folder of their own. Errors: level-locked, storage-failed. */
export async function openLevelTransactions(folder: string, network: Cid): Promise<TransactionRecords> {
  const database = await LevelDatabase.open(folder);
  const place = (id: string): string => keyOf(network, "transaction", id);
  return {
    putTransaction: (transaction) => database.put(place(transaction.id), transaction),
    deleteTransaction: (id) => database.delete(place(id)),
    async listTransactions() {
      const all = await database.values<StoredTransaction>(under(network, "transaction"));
      return all.toSorted((a, b) => b.askedAtMs - a.askedAtMs);
    },
    close: () => database.close(),
  };
}
