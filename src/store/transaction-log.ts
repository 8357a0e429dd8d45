import { Dexie, type EntityTable } from "dexie";
import type { LoggedTransaction, TransactionLog } from "../ports/transaction-log.ts";
import type { IndexedDbEngine } from "./databases.ts";
import { storageError } from "./errors.ts";

class LogDatabase extends Dexie {
  declare readonly transactions: EntityTable<LoggedTransaction, "number">;

  constructor(name: string, engine: IndexedDbEngine) {
    // Strict: a transaction that was told as mined must be there after a crash.
    super(`parley-alone-${name}`, { ...engine, chromeTransactionDurability: "strict" });
    this.version(1).stores({ transactions: "number" });
  }
}

/** The log of one chain in a database of its own; `name` tells chains apart. */
export function createTransactionLog(name: string, engine: IndexedDbEngine = {}): TransactionLog {
  const database = new LogDatabase(name, engine);
  const { transactions } = database;
  return {
    after: (number) => guarded(() => transactions.where("number").above(number).toArray()),
    append: (transaction) =>
      guarded(() =>
        database.transaction("rw", transactions, async () => {
          const last = await transactions.orderBy("number").last();
          if (transaction.number !== (last?.number ?? 0) + 1) return false;
          await transactions.add(transaction);
          return true;
        }),
      ),
    close: () => database.close(),
  };
}

/** Removes a chain that nobody wants any more. Errors: storage-failed. */
export function forgetTransactionLog(name: string, engine: IndexedDbEngine = {}): Promise<void> {
  return guarded(() => new LogDatabase(name, engine).delete());
}

async function guarded<T>(operation: () => PromiseLike<T>): Promise<T> {
  try {
    return await operation();
  } catch (thrown) {
    throw storageError(thrown);
  }
}
