import { Dexie, type DexieOptions } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it } from "vitest";
import { describeStore } from "../ports/acceptance/store.ts";
import { storageError } from "./errors.ts";
import { createStore } from "./store.ts";

const NETWORK = "bafyreigenesis";

describeStore("Dexie", async () => {
  const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  const store = await createStore({ network: NETWORK, engine });
  return {
    store,
    reopen: () => createStore({ network: NETWORK, engine }),
    dispose: () => store.close(),
  };
});

describe("createStore", () => {
  const pair = { id: "p", prompt: "p", answer: "a", createdAtMs: 1 };

  it("keeps the profile over networks, and each network's own data apart", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const first = await createStore({ network: "bafyfirst", engine });
    await first.setValue("identity", new Uint8Array([1]));
    await first.setValue("network/events", new Uint8Array([2]));
    await first.putPair(pair);
    await first.putDuty({ id: "d", kind: "verify", epoch: 0, deadlineMs: 0, detail: new Uint8Array() });
    const second = await createStore({ network: "bafysecond", engine });
    expect(await second.getValue("identity")).toEqual(new Uint8Array([1]));
    expect(await second.getValue("network/events")).toBeUndefined();
    expect(await second.listPairs()).toEqual([pair]);
    expect(await second.listDuties()).toEqual([]);
    await first.close();
    await second.close();
  });

  it("serves the chat before the network is known", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const store = await createStore({ network: undefined, engine });
    await store.putPair(pair);
    expect(await store.listPairs()).toEqual([pair]);
    await expect(store.listDuties()).rejects.toMatchObject({ data: { code: "no-network" } });
    await store.close();
  });

  it("takes over the network's data of a version that kept no training runs", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const older = new Dexie(`parley-${NETWORK}`, engine);
    older.version(1).stores({
      values: "key",
      messages: "cid, [author+sequence], [epoch+author+sequence], [kind+author+sequence]",
      heads: "author",
      epochs: "epoch",
      duties: "id",
      outbox: "cid, createdAtMs",
    });
    await older.open();
    const duty = { id: "d", kind: "verify", epoch: 0, deadlineMs: 0, detail: new Uint8Array([1]) };
    await older.table("duties").put(duty);
    older.close();
    const store = await createStore({ network: NETWORK, engine });
    expect(await store.listDuties()).toEqual([duty]);
    const training = { id: "run", request: new Uint8Array([1]), checkpoint: new Uint8Array([2]) };
    await store.putTraining(training);
    expect(await store.getTraining("run")).toEqual(training);
    await store.close();
  });

  it("takes over the profile of a version that kept no adapters", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const older = new Dexie("parley", engine);
    older.version(1).stores({
      values: "key",
      pairs: "id, createdAtMs",
      threads: "id, updatedAtMs",
      turns: "id, [threadId+index]",
    });
    await older.open();
    await older.table("pairs").put(pair);
    older.close();
    const store = await createStore({ network: undefined, engine });
    expect(await store.listPairs()).toEqual([pair]);
    const adapter = { baseModel: "bafymodel", rank: 1, tensors: [] };
    const stored = { baseModel: "bafymodel", adapter, updatedAtMs: 1 };
    await store.putPersonalAdapter(stored);
    expect(await store.getPersonalAdapter("bafymodel")).toEqual(stored);
    await store.close();
  });

  it("does not touch the database of a newer version of the app, and says so", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const before = await createStore({ network: undefined, engine });
    await before.putPair(pair);
    await before.close();
    const newer = await openNewer(engine);
    newer.close();
    await expect(createStore({ network: undefined, engine })).rejects.toMatchObject({
      code: "newer-version",
    });
    const kept = await openNewer(engine);
    expect(await kept.table("pairs").toArray()).toEqual([pair]);
    kept.close();
  });

  it("gives the database up when a newer version of the app wants it, and tells its owner once", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const lost: string[] = [];
    const onLost = ({ code }: { readonly code: string }) => lost.push(code);
    const older = await createStore({ network: NETWORK, engine, onLost });
    await older.putPair(pair);
    const newer = await openNewer(engine);
    expect(await newer.table("pairs").toArray()).toEqual([pair]);
    expect(lost).toEqual(["newer-version"]);
    await expect(older.putPair({ ...pair, id: "late" })).rejects.toMatchObject({ code: "storage-closed" });
    expect(await newer.table("pairs").count()).toBe(1);
    newer.close();
  });

  it("hears that its database was deleted, and does not make it anew", async () => {
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const lost: string[] = [];
    const store = await createStore({
      network: undefined,
      engine,
      onLost: ({ code }) => lost.push(code),
    });
    await new Dexie("parley", engine).delete();
    expect(lost).toEqual(["storage-deleted"]);
    await expect(store.putPair(pair)).rejects.toMatchObject({ code: "storage-closed" });
  });
});

/** The database as a later version of the app has it. */
async function openNewer(engine: DexieOptions): Promise<Dexie> {
  const newer = new Dexie("parley", engine);
  newer.version(1).stores({ values: "key", pairs: "id, createdAtMs", threads: "id, updatedAtMs" });
  newer.version(99).stores({ pairs: "id, createdAtMs, prompt", later: "id" });
  await newer.open();
  return newer;
}

describe("storageError", () => {
  it("says what to do when the disk is full, however deep the platform's error is wrapped", () => {
    const quota = new DOMException("no room", "QuotaExceededError");
    const wrapped = Object.assign(new Error("aborted"), { name: "AbortError", inner: quota });
    for (const thrown of [quota, wrapped, new Dexie.QuotaExceededError("no room")]) {
      expect(storageError(thrown).data).toMatchObject({
        code: "storage-full",
        message: expect.stringContaining("free some disk space"),
      });
    }
  });

  it("keeps the cause of a refusal it does not know", () => {
    expect(storageError(new TypeError("odd")).data).toMatchObject({
      code: "storage-failed",
      received: "TypeError: odd",
    });
  });
});
