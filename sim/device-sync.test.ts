import { beforeEach, describe, expect, it } from "vitest";
import { AddressBook } from "../src/app/documents/address-book.ts";
import { DeviceSync } from "../src/app/documents/device-sync.ts";
import { sharedThreads } from "../src/app/documents/shared-threads.ts";
import { Subject } from "../src/app/observable.ts";
import { createDocuments } from "../src/p2p/documents/documents.ts";
import { type SimulatedNode, World } from "./world.ts";

const SETTLE_MS = 6_000;
const ADA = `0x${"a".repeat(40)}`;
const BEN = `0x${"b".repeat(40)}`;

let world: World;
let members: Subject<readonly { readonly nodeId: string }[]>;
let key: { id: string; key: Uint8Array };

interface Device {
  readonly node: SimulatedNode;
  readonly book: AddressBook;
  readonly sync: DeviceSync;
  /** The chat has changed a thread. */
  readonly chatted: () => void;
}

beforeEach(() => {
  world = new World();
  members = new Subject<readonly { readonly nodeId: string }[]>([]);
  key = { id: "first", key: new Uint8Array(32).fill(1) };
});

async function device(name: string, disk?: SimulatedNode["disk"]): Promise<Device> {
  const node = await world.addNode(name, disk);
  const { identity, gossip, store, clock, random, networkCid: network } = node.dependencies;
  const documents = await createDocuments({ identity, gossip, store, clock, random, network });
  const book = new AddressBook(store, clock);
  await book.start();
  let chatted = (): void => undefined;
  const threads = sharedThreads(store, (listener) => {
    chatted = listener;
    return () => undefined;
  });
  const own = { devices: members, groupKey: async () => (members.value.length < 2 ? undefined : key) };
  const sync = new DeviceSync({ documents, own, store, clock }, [book, threads]);
  sync.start();
  return { node, book, sync, chatted: () => chatted() };
}

const pair = (...devices: readonly Device[]) =>
  members.set(devices.map(({ node }) => ({ nodeId: node.dependencies.identity.nodeId })));
const settle = () => world.clock.advance(SETTLE_MS);
const names = ({ book }: Device) => book.entries.value.map(({ name }) => name);

async function addThread({ node, chatted }: Device, id: string, words: string): Promise<void> {
  const nowMs = world.clock.nowMs();
  await node.store.putThread({ id, title: id, createdAtMs: nowMs, updatedAtMs: nowMs });
  await node.store.putTurn({
    id: `${id}-0`,
    threadId: id,
    index: 0,
    role: "user",
    content: words,
    createdAtMs: nowMs,
  });
  chatted();
}

const threadsOf = async ({ node }: Device): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    await Promise.all(
      (await node.store.listThreads()).map(async ({ id }) => [
        id,
        (await node.store.listTurns(id)).map(({ content }) => content),
      ]),
    ),
  );

describe("the devices of one person", () => {
  it("share nothing until they are paired, and everything then", async () => {
    const [phone, laptop] = [await device("phone"), await device("laptop")];
    await phone.book.set("Ada", ADA);
    await addThread(laptop, "talk", "Hello");
    await settle();
    expect([names(laptop), await threadsOf(phone)]).toEqual([[], {}]);
    pair(phone, laptop);
    await settle();
    expect([names(laptop), await threadsOf(phone)]).toEqual([["Ada"], { talk: ["Hello"] }]);
  });

  it("keep what was changed last, also what was removed", async () => {
    const [phone, laptop] = [await device("phone"), await device("laptop")];
    pair(phone, laptop);
    await phone.book.set("Ada", ADA);
    await addThread(phone, "talk", "Hello");
    await settle();
    await laptop.book.set("Ada", BEN);
    await laptop.node.store.deleteThread("talk");
    laptop.chatted();
    await settle();
    expect(phone.book.entries.value).toEqual([{ name: "Ada", address: BEN }]);
    expect(await threadsOf(phone)).toEqual({});
    await phone.book.remove("Ada");
    await settle();
    expect([names(phone), names(laptop)]).toEqual([[], []]);
    await laptop.book.set("Ada", ADA);
    await settle();
    expect(names(phone)).toEqual(["Ada"]);
  });

  it("bring together what was changed while one was away, over a reload", async () => {
    const phone = await device("phone");
    let laptop = await device("laptop");
    pair(phone, laptop);
    await settle();
    world.network.setOnline(laptop.node.dependencies.identity.nodeId, false);
    await phone.book.set("Ada", ADA);
    await laptop.book.set("Ben", BEN);
    await settle();
    await laptop.sync.stop();
    await world.kill(laptop.node);
    laptop = await device("laptop", laptop.node.disk);
    world.network.setOnline(laptop.node.dependencies.identity.nodeId, true);
    await settle();
    expect([names(phone), names(laptop)]).toEqual([
      ["Ada", "Ben"],
      ["Ada", "Ben"],
    ]);
  });

  it("go on with a new key without one that was removed", async () => {
    const [phone, laptop, lost] = [await device("phone"), await device("laptop"), await device("lost")];
    pair(phone, laptop, lost);
    await phone.book.set("Ada", ADA);
    await settle();
    expect(names(lost)).toEqual(["Ada"]);
    await lost.sync.stop();
    key = { id: "second", key: new Uint8Array(32).fill(2) };
    pair(phone, laptop);
    await phone.book.set("Ben", BEN);
    await settle();
    expect([names(laptop), names(lost)]).toEqual([["Ada", "Ben"], ["Ada"]]);
  });

  it("keep for each other what was changed last, and lose nothing of their own, when there is too much", async () => {
    const [phone, laptop] = [await device("phone"), await device("laptop")];
    for (let index = 0; index < 12; index++) {
      await addThread(phone, `t${index}`, `${index} ${"x".repeat(9_990)}`);
      await world.clock.advance(10);
    }
    pair(phone, laptop);
    await settle();
    const shared = Object.keys(await threadsOf(laptop));
    expect(shared).toContain("t11");
    expect(shared).not.toContain("t0");
    expect(shared.length).toBeGreaterThan(4);
    expect(Object.keys(await threadsOf(phone))).toHaveLength(12);
  });
});
