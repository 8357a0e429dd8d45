import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryNetwork } from "../../../sim/adapters/network/network.ts";
import { MemoryDisk, MemoryStore } from "../../../sim/adapters/store.ts";
import { Author, hashOf, makeGenesis } from "../../../vectors/lib/world.ts";
import { genesisCid } from "../../core/artifacts/genesis.ts";
import { LIMITS } from "../../core/limits.ts";
import { decodeMessage, type Message } from "../../core/messages/message.ts";
import type { StoredMessage } from "../../ports/store.ts";
import { systemClock } from "../../store/system.ts";
import { DecodedMessages } from "./decoded-messages.ts";
import { EarlyMessages } from "./early-messages.ts";
import { MessageLog } from "./message-log.ts";

const genesis = makeGenesis();
const network = genesisCid(genesis);
const decoded = new Map<string, Message>();

/** Checked once for all runs of a property. */
function decode(bytes: Uint8Array): Message {
  const key = bytes.join();
  const known = decoded.get(key) ?? decodeMessage(bytes, network);
  decoded.set(key, known);
  return known;
}

function logOf(name: string, count: number, from = 0): Message[] {
  const author = new Author(genesis, name);
  return Array.from({ length: from + count }, (_, at) =>
    author.sign("commit", { epoch: at, commitment: hashOf(`${name} ${at}`), bondWei: 0n }, 0),
  ).slice(from);
}

/** Counts how it is used. */
class CountingStore extends MemoryStore {
  writes = 0;
  reads = 0;

  override addMessages(messages: readonly StoredMessage[]): Promise<number> {
    this.writes++;
    return super.addMessages(messages);
  }

  override addMessage(message: StoredMessage): Promise<boolean> {
    this.writes++;
    return super.addMessage(message);
  }

  override logHeads(): Promise<ReadonlyMap<string, number>> {
    this.reads++;
    return super.logHeads();
  }

  override messagesOfAuthor(by: string, from: number, to: number): Promise<readonly StoredMessage[]> {
    this.reads++;
    return super.messagesOfAuthor(by, from, to);
  }
}

function setUp(disk = new MemoryDisk(), peers = new MemoryNetwork({ clock: systemClock }), name = "own") {
  const { identity } = new Author(genesis, name);
  const node = peers.join(identity.nodeId);
  const store = new CountingStore(disk);
  const log = new MessageLog({
    genesis,
    networkCid: network,
    identity,
    store,
    clock: systemClock,
    gossip: node.gossip,
    logSync: node.logSync,
    decode: async (bytes) => decode(bytes),
  });
  return { log, store, disk, peers, node };
}

const bytesOf = (messages: readonly Message[]) => messages.map(({ bytes }) => bytes);
const heads = async (log: MessageLog) => Object.fromEntries(await log.heads());

describe("a batch of messages", () => {
  const [a, b] = [logOf("a", 6), logOf("b", 6)];
  const fork = (() => {
    const author = new Author(genesis, "a");
    author.sign("commit", { epoch: 0, commitment: hashOf("a 0"), bondWei: 0n }, 0);
    return author.sign("commit", { epoch: 1, commitment: hashOf("another"), bondWei: 0n }, 0);
  })();
  const forged = Uint8Array.from(b[1]?.bytes ?? []).map((byte, at, all) =>
    at === all.length - 1 ? byte ^ 1 : byte,
  );

  it("comes to the same as its messages one by one, in whatever order", async () => {
    const all = [...bytesOf([...a, ...b]), fork.bytes, forged];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(all, { minLength: 1 }),
        fc.integer({ min: 1, max: 14 }),
        async (batch, size) => {
          const [whole, single] = [setUp(), setUp()];
          const forks: string[][] = [[], []];
          whole.log.onFork((_, other) => forks[0]?.push(other.cid));
          single.log.onFork((_, other) => forks[1]?.push(other.cid));
          for (let at = 0; at < batch.length; at += size) {
            await whole.log.ingestAll(batch.slice(at, at + size));
          }
          for (const bytes of batch) await single.log.ingest(bytes);
          expect(await heads(whole.log)).toEqual(await heads(single.log));
          expect(await whole.store.logHeads()).toEqual(await whole.log.heads());
          expect([...whole.disk.messages.keys()].sort()).toEqual([...single.disk.messages.keys()].sort());
          expect(forks[0]).toEqual(forks[1]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gets a verdict for each message, in order", async () => {
    const { log } = setUp();
    const [a0, a1, a2] = bytesOf(a);
    const batch = [a0, a2, a1, a0, fork.bytes, forged].map((bytes) => bytes ?? new Uint8Array());
    const verdicts = await log.ingestAll(batch);
    // The third came early and waits; the second brings it in.
    expect(verdicts.map((verdict) => verdict?.code)).toEqual([
      undefined,
      "log-gap",
      undefined,
      undefined,
      "log-fork",
      "bad-signature",
    ]);
  });

  it("is one write and no reading of what is known", async () => {
    const { log, store } = setUp();
    await log.ingestAll(bytesOf([...a.slice(0, 3), ...b.slice(0, 3)]));
    const reads = store.reads;
    await log.ingestAll(bytesOf([...a.slice(3), ...b.slice(3)]));
    expect(store.writes).toBe(2);
    expect(store.reads).toBe(reads);
  });

  it("leaves nothing behind when the disk is full, and goes in later", async () => {
    const { log, disk } = setUp();
    disk.full = true;
    expect((await log.ingestAll(bytesOf(a))).map((verdict) => verdict?.code)).toEqual(
      a.map(() => "storage-full"),
    );
    expect(await heads(log)).toEqual({});
    disk.full = false;
    expect(await log.ingestAll(bytesOf(a))).toEqual(a.map(() => undefined));
    expect(Object.values(await heads(log))).toEqual([6]);
  });

  it("tells listeners of each message once, in the order of the logs", async () => {
    const { log } = setUp();
    const told: number[] = [];
    log.onStored(({ envelope }) => told.push(envelope.sequence));
    await log.ingestAll(bytesOf([...a.slice(3), ...a.slice(0, 2)]));
    await log.ingestAll(bytesOf(a));
    expect(told).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe("messages of a forked log", () => {
  const mine = logOf("two-faced", 2);
  const theirs = (() => {
    const author = new Author(genesis, "two-faced");
    author.sign("commit", { epoch: 0, commitment: hashOf("two-faced 0"), bondWei: 0n }, 0);
    return [7, 8].map((epoch) =>
      author.sign("commit", { epoch, commitment: hashOf(`other ${epoch}`), bondWei: 0n }, 0),
    );
  })();

  it("are fetched by CID from a peer, and found from then on, beside the log that is held", async () => {
    const peers = new MemoryNetwork({ clock: systemClock });
    const here = setUp(new MemoryDisk(), peers, "here");
    const there = setUp(new MemoryDisk(), peers, "there");
    await here.log.ingestAll(bytesOf(mine));
    await there.log.ingestAll(bytesOf([...mine.slice(0, 1), ...theirs]));
    await here.node.logSync.start(here.log);
    await there.node.logSync.start(there.log);
    await here.node.logSync.syncWithAll();
    const cids = theirs.map(({ cid }) => cid);
    for (const cid of cids) expect(await here.log.load(cid)).toBeUndefined();
    expect(await here.log.fetch(cids)).toBe(2);
    for (const cid of cids) expect((await here.log.load(cid))?.cid).toBe(cid);
    expect(Object.values(await heads(here.log))).toEqual([2]);
    expect(await here.log.fetch([hashOf("nobody holds this")])).toBe(0);
  });

  it("that was kept beside the log still comes into it when its predecessors do", async () => {
    const { log, store } = setUp();
    const [first, second, third] = theirs.length === 2 ? [mine[0], ...theirs] : [];
    if (first === undefined || second === undefined || third === undefined) throw new Error("too few");
    const { cid, bytes, kind, envelope } = third;
    const { author, sequence } = envelope;
    await store.addForked({ cid, bytes, kind, author, sequence, epoch: 8, receivedAtMs: 0 });
    expect(await log.ingestAll(bytesOf([first, second, third]))).toEqual([undefined, undefined, undefined]);
    expect(Object.values(await heads(log))).toEqual([3]);
  });
});

describe("messages that came early", () => {
  it("are bounded in number for each author, and fairly between authors", () => {
    const early = new EarlyMessages();
    const flood = Array.from({ length: 5 }, (_, index) =>
      logOf(`flooder ${index}`, LIMITS.earlyMessagesPerAuthor + 20, 1),
    );
    const [honest] = logOf("honest", 1, 3);
    if (honest === undefined) throw new Error("no message");
    early.add(honest);
    for (const message of flood.flat()) early.add(message);
    expect(early.count).toBeLessThanOrEqual(LIMITS.earlyMessages);
    expect(early.take(honest.envelope.author, 3)?.cid).toBe(honest.cid);
    const first = flood[0]?.[0];
    expect(early.take(first?.envelope.author ?? "", 1)?.cid).toBe(first?.cid);
  });

  it("give back their room when they are taken", () => {
    const early = new EarlyMessages();
    const messages = logOf("x", 4, 1);
    for (const message of messages) early.add(message);
    for (const { envelope } of messages) early.take(envelope.author, envelope.sequence);
    expect([early.count, early.bytes]).toEqual([0, 0]);
  });
});

describe("checked messages at hand", () => {
  it("are bounded in bytes, and those used last stay", () => {
    const cache = new DecodedMessages();
    const [kept, ...others] = logOf("cached", 40);
    if (kept === undefined) throw new Error("no message");
    const large = (message: Message): Message => ({ ...message, bytes: new Uint8Array(1024 * 1024) });
    cache.add(large(kept));
    for (const message of others) {
      cache.add(large(message));
      cache.get(kept.cid);
    }
    expect(cache.bytes).toBeLessThanOrEqual(LIMITS.decodedBytesCached);
    expect(cache.get(kept.cid)?.cid).toBe(kept.cid);
    expect(cache.get(others[0]?.cid ?? "")).toBeUndefined();
  });
});
