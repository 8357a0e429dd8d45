import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { SeededRandom } from "../../sim/adapters/random.ts";
import { MemoryDisk, MemoryStore } from "../../sim/adapters/store.ts";
import { operatorKeyOf } from "../core/operator-key.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import { BrowserKeyVault } from "../store/key-vault.ts";
import { loadNodeKeys, replaceNodeKeys } from "./node-keys.ts";

const newVault = () => new BrowserKeyVault({ indexedDB: new IDBFactory(), IDBKeyRange }, undefined);
const code = (value: string) => expect.objectContaining({ code: value });

describe("node keys", () => {
  let disk: MemoryDisk;
  let store: MemoryStore;
  let vault: KeyVault;
  const random = new SeededRandom("keys");
  beforeEach(() => {
    disk = new MemoryDisk();
    store = new MemoryStore(disk);
    vault = newVault();
  });

  it("are made once, also when two tabs start at the same moment", async () => {
    const [one, two] = await Promise.all([
      loadNodeKeys(store, random, vault),
      loadNodeKeys(store, random, vault),
    ]);
    expect(one.identity.nodeId).toBe(two.identity.nodeId);
    expect(one.operatorKey).toEqual(operatorKeyOf(one.identity.secretKey));
    expect(one).toMatchObject({ isSealed: true, isOperatorDerived: true });
    expect((await loadNodeKeys(store, random, vault)).identity.nodeId).toBe(one.identity.nodeId);
  });

  it("lie in no readable form in the database", async () => {
    const { identity, operatorKey } = await loadNodeKeys(store, random, vault);
    const kept = Buffer.from((await store.getValue("identity-keys")) ?? []);
    expect(kept.length).toBeGreaterThan(60);
    for (const secret of [identity.secretKey, operatorKey])
      expect(kept.includes(Buffer.from(secret))).toBe(false);
  });

  it("of an earlier version are taken over and sealed, whenever the page dies in between", async () => {
    for (let writes = 0; writes <= 4; writes++) {
      const old = new MemoryStore(new MemoryDisk());
      const [seed, operatorKey] = [random.bytes(32), random.bytes(32)];
      await old.setValue("identity-seed", seed);
      await old.setValue("operator-key", operatorKey);
      const own = newVault();
      await loadNodeKeys(dyingAfter(old, writes), random, own).catch(() => undefined);
      const keys = await loadNodeKeys(old, random, own);
      expect(keys, `after ${writes} writes`).toMatchObject({
        operatorKey,
        isSealed: true,
        isOperatorDerived: false,
      });
      expect(keys.identity.secretKey).toEqual(seed);
      expect(await old.getValue("identity-seed")).toBeUndefined();
      expect(await old.getValue("operator-key")).toBeUndefined();
    }
  });

  it("that cannot be opened are never replaced by new ones", async () => {
    const { identity } = await loadNodeKeys(store, random, vault);
    await expect(loadNodeKeys(store, random, newVault())).rejects.toThrow(code("identity-locked"));
    expect((await loadNodeKeys(store, random, vault)).identity.nodeId).toBe(identity.nodeId);
  });

  it("are kept in clear where the browser keeps no key of its own, and sealed once it does", async () => {
    const broken: KeyVault = {
      seal: () => Promise.reject(new Error("no")),
      open: () => Promise.reject(new Error("no")),
      exclusively: (task) => task(),
    };
    const first = await loadNodeKeys(store, random, broken);
    expect(first.isSealed).toBe(false);
    const second = await loadNodeKeys(store, random, vault);
    expect(second).toMatchObject({ isSealed: true, identity: { nodeId: first.identity.nodeId } });
  });

  it("change as a whole when another identity takes their place, whenever the page dies in between", async () => {
    const before = await loadNodeKeys(store, random, vault);
    const material = { seed: random.bytes(32), operatorKey: random.bytes(32) };
    await replaceNodeKeys(dyingAfter(store, 0), material, vault).catch(() => undefined);
    expect((await loadNodeKeys(store, random, vault)).identity.nodeId).toBe(before.identity.nodeId);
    await replaceNodeKeys(dyingAfter(store, 1), material, vault).catch(() => undefined);
    const after = await loadNodeKeys(store, random, vault);
    expect(after.identity.secretKey).toEqual(material.seed);
    expect(after.operatorKey).toEqual(material.operatorKey);
  });
});

/** The same disk, of a page that dies at the write after so many. */
function dyingAfter(store: MemoryStore, writes: number): MemoryStore {
  let left = writes;
  return new Proxy(store, {
    get(target, name) {
      if (name === "setValue") {
        return (key: string, value: Uint8Array | undefined) => {
          if (left-- <= 0) return Promise.reject(new Error("the page died"));
          return target.setValue(key, value);
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
