import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describeKeyVault } from "../ports/acceptance/key-vault.ts";
import { BrowserKeyVault } from "./key-vault.ts";

describeKeyVault("CryptoKey in IndexedDB", async () => {
  const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  return {
    vault: new BrowserKeyVault(engine, undefined),
    reopen: async () => new BrowserKeyVault(engine, undefined),
    another: async () => new BrowserKeyVault({ indexedDB: new IDBFactory(), IDBKeyRange }, undefined),
    dispose: async () => undefined,
  };
});
