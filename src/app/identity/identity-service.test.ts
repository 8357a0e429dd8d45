import { beforeEach, describe, expect, it } from "vitest";
import { MemoryChain } from "../../../sim/adapters/chain/chain.ts";
import { MemoryWallet } from "../../../sim/adapters/chain/wallet.ts";
import { ManualClock } from "../../../sim/adapters/clock.ts";
import { SeededRandom } from "../../../sim/adapters/random.ts";
import { MemoryDisk, MemoryStore } from "../../../sim/adapters/store.ts";
import { simulatedGenesis } from "../../../sim/genesis.ts";
import { bytesToHex } from "../../core/bytes.ts";
import { operatorAddress } from "../../core/epoch/root.ts";
import { verifyIdentityLink } from "../../core/identity-link.ts";
import { operatorKeyOf } from "../../core/operator-key.ts";
import { loadNodeKeys, type NodeKeys } from "../node-keys.ts";
import type { ProfileExport } from "../parley.ts";
import { Identities } from "./identity-service.ts";
import { OwnLogGuard } from "./own-log-guard.ts";

const NETWORK = "bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const PASSPHRASE = "correct horse battery staple";
const ALL: ProfileExport = {
  settings: true,
  corrections: true,
  threads: true,
  personalAdapter: true,
  isMoving: false,
  passphrase: PASSPHRASE,
};
const code = (value: string) => expect.objectContaining({ code: value });

describe("Identities", () => {
  let one: Profile;
  let other: Profile;
  beforeEach(async () => {
    one = await profile("one");
    other = await profile("other");
  });

  it("brings a node back from its phrase, operator key and all, and holds its pen until it knows its log", async () => {
    const words = await one.identities.phrase();
    await other.identities.importPhrase(words.join(" "));
    expect(other.restarts()).toBe(1);
    const again = await profile("other", other.disk);
    expect(again.keys.identity.nodeId).toBe(one.keys.identity.nodeId);
    expect(again.keys.operatorKey).toEqual(one.keys.operatorKey);
    expect(again.keys.operatorKey).toEqual(operatorKeyOf(one.keys.identity.secretKey));
    await expect(again.guard.requireSettled()).rejects.toThrow(code("log-recovering"));
    await one.guard.requireSettled();
  });

  it("refuses a wrong phrase, and changes nothing", async () => {
    const words = await one.identities.phrase();
    await expect(other.identities.importPhrase(words.slice(1).join(" "))).rejects.toThrow(
      code("phrase-length"),
    );
    await expect(other.identities.importPhrase("a b c")).rejects.toThrow(code("phrase-words"));
    const again = await profile("other", other.disk);
    expect(again.keys.identity.nodeId).toBe(other.keys.identity.nodeId);
    await again.guard.requireSettled();
  });

  it("carries a whole profile in a file that only the passphrase opens", async () => {
    await one.store.putPair({ id: "p", prompt: "q\ud800", answer: "a", createdAtMs: 1 });
    await one.store.putThread({ id: "t", title: "T", createdAtMs: 1, updatedAtMs: 2 });
    await one.store.putTurn({
      id: "u",
      threadId: "t",
      index: 0,
      role: "user",
      content: "hi",
      createdAtMs: 1,
    });
    await one.store.setValue("learning", Uint8Array.of(1));
    await one.store.setValue("models/provider", Uint8Array.of(2));
    await other.store.setValue("learning", Uint8Array.of(9));
    const file = await one.identities.exportProfile(ALL);
    expect(Buffer.from(file).includes(Buffer.from(one.keys.identity.secretKey))).toBe(false);
    await expect(other.identities.readProfile(file, "another passphrase")).rejects.toThrow(
      code("profile-passphrase"),
    );
    const preview = await other.identities.readProfile(file, PASSPHRASE);
    expect(preview).toMatchObject({
      nodeId: one.keys.identity.nodeId,
      pairs: 1,
      threads: 1,
      settings: 2,
      isFinal: false,
    });
    expect(await other.store.listPairs()).toEqual([]);
    await preview.use(true);
    const again = await profile("other", other.disk);
    expect(again.keys.identity.nodeId).toBe(one.keys.identity.nodeId);
    expect(await again.store.listPairs()).toEqual([
      { id: "p", prompt: "q\ufffd", answer: "a", createdAtMs: 1 },
    ]);
    expect((await again.store.listTurns("t")).map(({ content }) => content)).toEqual(["hi"]);
    // What privacy has spent here is not forgotten.
    expect(await again.store.getValue("learning")).toEqual(Uint8Array.of(9));
    expect(await again.store.getValue("models/provider")).toEqual(Uint8Array.of(2));
    await expect(again.guard.requireSettled()).rejects.toThrow(code("log-recovering"));
  });

  it("takes over data alone, and leaves out what was not chosen", async () => {
    await one.store.putPair({ id: "p", prompt: "q", answer: "a", createdAtMs: 1 });
    await one.store.putThread({ id: "t", title: "T", createdAtMs: 1, updatedAtMs: 2 });
    const file = await one.identities.exportProfile({ ...ALL, threads: false });
    await (await other.identities.readProfile(file, PASSPHRASE)).use(false);
    const again = await profile("other", other.disk);
    expect(again.keys.identity.nodeId).toBe(other.keys.identity.nodeId);
    await again.guard.requireSettled();
    expect([(await again.store.listPairs()).length, (await again.store.listThreads()).length]).toEqual([
      1, 0,
    ]);
  });

  it("keeps the operator key of an old profile, in the file too", async () => {
    const disk = new MemoryDisk();
    const old = new MemoryStore(disk);
    const random = new SeededRandom("old");
    await old.setValue("identity-seed", random.bytes(32));
    await old.setValue("operator-key", random.bytes(32));
    const operatorKey = await old.getValue("operator-key");
    const first = await profile("old", disk);
    expect(first.keys).toMatchObject({ operatorKey, isOperatorDerived: false });
    expect(await old.getValue("identity-seed")).toBeUndefined();
    const file = await first.identities.exportProfile(ALL);
    await (await other.identities.readProfile(file, PASSPHRASE)).use(true);
    const again = await profile("other", other.disk);
    expect(again.keys).toMatchObject({ operatorKey, identity: { nodeId: first.keys.identity.nodeId } });
  });

  it("moves: the old device writes no more, the next one goes on as soon as it holds the log", async () => {
    const file = await one.identities.exportProfile({ ...ALL, isMoving: true });
    await expect(one.guard.requireSettled()).rejects.toThrow(code("identity-moved"));
    await (await other.identities.readProfile(file, PASSPHRASE)).use(true);
    const again = await profile("other", other.disk);
    await again.guard.requireSettled();
    const back = await profile("one", one.disk);
    await expect(back.guard.requireSettled()).rejects.toThrow(code("identity-moved"));
    await back.identities.takeBack();
    const taken = await profile("one", one.disk);
    await expect(taken.guard.requireSettled()).rejects.toThrow(code("log-recovering"));
  });

  it("promises nothing when the file cannot be made", async () => {
    const short = one.identities.exportProfile({ ...ALL, isMoving: true, passphrase: "short" });
    await expect(short).rejects.toThrow(code("passphrase-short"));
    await one.guard.requireSettled();
  });

  it("links node and wallet by a signature of both, and keeps the link", async () => {
    await expect(one.identities.linkWallet()).rejects.toThrow(code("wallet-needed"));
    const account = await one.wallet.connect("memory-wallet");
    await one.identities.linkWallet();
    const link = one.identities.status.value.link;
    expect(link).toMatchObject({ account, nodeId: one.keys.identity.nodeId, network: NETWORK });
    if (link !== undefined) verifyIdentityLink(link);
    expect((await profile("one", one.disk)).identities.status.value.link).toEqual(link);
    await one.identities.unlinkWallet();
    expect((await profile("one", one.disk)).identities.status.value.link).toBeUndefined();
  });

  it("shows no secret in anything that pages or other tabs see", async () => {
    await one.wallet.connect("memory-wallet");
    await one.identities.linkWallet();
    const shown = JSON.stringify(one.identities.status.value);
    const { identity, operatorKey } = one.keys;
    for (const secret of [identity.secretKey, operatorKey]) expect(shown).not.toContain(bytesToHex(secret));
  });

  it("lets a person bring back an identity whose keys cannot be read any more", async () => {
    const problem = { code: "identity-locked", message: "locked" };
    const restarted: number[] = [];
    const locked = new Identities({
      store: other.store,
      vault: undefined,
      random: new SeededRandom("locked"),
      clock: new ManualClock(1),
      keys: problem,
      baseModel: async () => undefined,
      restart: () => restarted.push(1),
    });
    expect(locked.status.value).toMatchObject({ problem });
    await expect(locked.phrase()).rejects.toThrow(code("identity-locked"));
    await locked.importPhrase((await one.identities.phrase()).join(" "));
    expect(restarted).toEqual([1]);
    expect((await profile("other", other.disk)).keys.identity.nodeId).toBe(one.keys.identity.nodeId);
  });
});

type Profile = Awaited<ReturnType<typeof profile>>;

/** A profile after a (re)start, its node running. */
async function profile(name: string, disk = new MemoryDisk()) {
  const store = new MemoryStore(disk);
  const random = new SeededRandom(name);
  const clock = new ManualClock(1_800_000_000_000);
  const keys: NodeKeys = await loadNodeKeys(store, random);
  let restarts = 0;
  const identities = new Identities({
    store,
    vault: undefined,
    random,
    clock,
    keys,
    baseModel: async () => undefined,
    restart: () => {
      restarts++;
    },
  });
  const guard = new OwnLogGuard({ store, clock, random, identity: keys.identity, networkCid: NETWORK });
  await guard.start();
  const genesis = simulatedGenesis();
  const chain = new MemoryChain({ clock, contracts: genesis.chain, minimumStakeWei: 1n });
  const walletKey = new SeededRandom(`wallet ${name}`).bytes(32);
  const wallet = new MemoryWallet(chain, operatorAddress(walletKey), walletKey);
  const moveAway = async () => {
    await guard.moveAway();
    return { network: NETWORK, count: 0, last: null };
  };
  await identities.attachNode({ networkCid: NETWORK, store, wallet, ownLog: guard, moveAway });
  return { store, disk, keys, identities, guard, wallet, restarts: () => restarts };
}
