import { Dexie, type EntityTable } from "dexie";
import type { LoggedTransaction, TransactionLog } from "../ports/transaction-log.ts";
import type { IndexedDbEngine } from "./databases.ts";
import { storageError } from "./errors.ts";

class LogDatabase extends Dexie {
  declare readonly transactions: EntityTable<LoggedTransaction, "number">;

  constructor(name: string, engine: IndexedDbEngine) {
    // Strict: a transaction that was told as mined must be there after a crash.
    super(logDatabaseName(name), { ...engine, chromeTransactionDurability: "strict" });
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

export function logDatabaseName(name: string): string {
  return `parley-alone-${name}`;
}

/** Deletes databases that nobody wants any more; one that is not there is no error. Errors: storage-failed. */
export async function forgetDatabases(names: readonly string[], engine: IndexedDbEngine = {}): Promise<void> {
  for (const name of names) await guarded(() => new Dexie(name, engine).delete());
}

async function guarded<T>(operation: () => PromiseLike<T>): Promise<T> {
  try {
    return await operation();
  } catch (thrown) {
    throw storageError(thrown);
  }
}
