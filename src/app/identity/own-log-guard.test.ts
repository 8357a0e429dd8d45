import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../../sim/adapters/clock.ts";
import { SeededRandom } from "../../../sim/adapters/random.ts";
import { MemoryDisk, MemoryStore } from "../../../sim/adapters/store.ts";
import { createIdentity } from "../../core/identity.ts";
import { LIMITS } from "../../core/limits.ts";
import { decodeMessage, type Message, signMessage } from "../../core/messages/message.ts";
import { type ImportRecord, keepImport, OwnLogGuard } from "./own-log-guard.ts";

const NETWORK = "bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const IMPORTED_AT_MS = 1_000_000;
const random = new SeededRandom("own log");
const identity = createIdentity(random.bytes(32));
const code = (value: string) => expect.objectContaining({ code: value });

/** The identity's log as the old device wrote it, before the import unless told otherwise. */
const log = written(4);

describe("OwnLogGuard", () => {
  let store: MemoryStore;
  let clock: ManualClock;
  beforeEach(() => {
    store = new MemoryStore(new MemoryDisk());
    clock = new ManualClock(IMPORTED_AT_MS);
  });

  it("lets a profile write whose identity was made here", async () => {
    const guard = await started();
    await guard.requireSettled();
    expect(guard.state.value).toEqual({ state: "settled" });
  });

  it("writes nothing before it has read how things stand", async () => {
    await imported({});
    const guard = make();
    const asked = guard.requireSettled();
    void guard.start();
    await expect(asked).rejects.toThrow(code("log-recovering"));
  });

  it("keeps an imported identity from writing until enough peers have compared logs and it has been quiet", async () => {
    await imported({});
    const guard = await started();
    for (let peer = 0; peer < LIMITS.recoveryPeers - 1; peer++) guard.compared(`peer ${peer}`);
    guard.compared("peer 0");
    await clock.advance(LIMITS.recoveryQuietMs);
    await expect(guard.requireSettled()).rejects.toThrow(code("log-recovering"));
    expect(guard.state.value).toMatchObject({ peersCompared: 2, peersNeeded: 3, held: 0, known: 0 });
    await hold(guard, log.slice(0, 2));
    guard.compared("peer 2");
    await clock.advance(LIMITS.recoveryQuietMs - 1);
    await expect(guard.requireSettled()).rejects.toThrow(code("log-recovering"));
    await clock.advance(1);
    await guard.requireSettled();
  });

  it("stays settled over a restart, and is asked again by the next import", async () => {
    await imported({});
    await settleBy(await started());
    await (await started()).requireSettled();
    await imported({});
    await expect((await started()).requireSettled()).rejects.toThrow(code("log-recovering"));
  });

  it("waits for every message that is known to exist, whatever peers and person say", async () => {
    await imported({ heads: [{ network: NETWORK, count: 4, last: log[3]?.cid ?? null }] });
    const guard = await started();
    await hold(guard, log.slice(0, 3));
    for (const peer of ["a", "b", "c", "d"]) guard.compared(peer);
    await clock.advance(LIMITS.recoveryQuietMs * 2);
    await expect(guard.requireSettled()).rejects.toThrow(code("log-recovering"));
    await expect(guard.confirmAlone()).rejects.toThrow(code("log-known-longer"));
    await hold(guard, log.slice(3));
    await clock.advance(LIMITS.recoveryQuietMs);
    await guard.requireSettled();
  });

  it("counts a message that came by as known, though its predecessors are missing", async () => {
    await imported({});
    const guard = await started();
    guard.cameFromOutside(at(2));
    for (const peer of ["a", "b", "c"]) guard.compared(peer);
    await clock.advance(LIMITS.recoveryQuietMs);
    expect(guard.state.value).toMatchObject({ state: "recovering", held: 0, known: 3 });
    await expect(guard.confirmAlone()).rejects.toThrow(code("log-known-longer"));
  });

  it("stays silent while another device writes, until the person says that it is gone", async () => {
    await imported({});
    const guard = await started();
    await hold(guard, written(1, IMPORTED_AT_MS + 1));
    for (const peer of ["a", "b", "c"]) guard.compared(peer);
    await clock.advance(LIMITS.recoveryQuietMs);
    expect(guard.state.value).toMatchObject({ state: "recovering", isWrittenElsewhere: true });
    await guard.confirmAlone();
    await guard.requireSettled();
  });

  it("goes on at once with a file of a device that writes no more, as soon as it holds what that wrote", async () => {
    await imported({ isFinal: true, heads: [{ network: NETWORK, count: 4, last: log[3]?.cid ?? null }] });
    const guard = await started();
    await expect(guard.requireSettled()).rejects.toThrow(code("log-recovering"));
    await hold(guard, log);
    await guard.requireSettled();
  });

  it("takes a file's last word for the networks that it names alone", async () => {
    await imported({ isFinal: true, heads: [] });
    const guard = await started();
    await expect(guard.requireSettled()).rejects.toThrow(code("log-recovering"));
  });

  it("does not go on over a log that is not the one of the file", async () => {
    await imported({ isFinal: true, heads: [{ network: NETWORK, count: 2, last: log[3]?.cid ?? null }] });
    const guard = await started();
    await hold(guard, log.slice(0, 2));
    expect(guard.state.value).toMatchObject({ isForked: true });
    await expect(guard.confirmAlone()).rejects.toThrow(code("log-forked"));
  });

  it("stops at once when a message of its own turns up that it did not write, also after a reload", async () => {
    const guard = await started();
    await guard.requireSettled();
    guard.cameFromOutside(at(0));
    await expect(guard.requireSettled()).rejects.toThrow(code("log-recovering"));
    await clock.advance(0);
    await expect((await started()).requireSettled()).rejects.toThrow(code("log-recovering"));
  });

  it("writes nothing for an identity that was moved away, whatever the person says", async () => {
    await imported({ isMovedAway: true });
    const guard = await started();
    await expect(guard.requireSettled()).rejects.toThrow(code("identity-moved"));
    await expect(guard.confirmAlone()).rejects.toThrow(code("identity-moved"));
  });

  it("lets a person say that nobody else has the identity and nobody holds more", async () => {
    await imported({});
    const guard = await started();
    await guard.confirmAlone();
    await guard.requireSettled();
    await (await started()).requireSettled();
  });

  function imported(record: Partial<ImportRecord>): Promise<ImportRecord> {
    const whole = { atMs: IMPORTED_AT_MS, heads: [], isFinal: false, isMovedAway: false, ...record };
    return keepImport(store, random, identity.nodeId, whole);
  }

  function make(): OwnLogGuard {
    return new OwnLogGuard({ store, clock, random, identity, networkCid: NETWORK });
  }

  async function started(): Promise<OwnLogGuard> {
    const guard = make();
    await guard.start();
    return guard;
  }

  async function settleBy(guard: OwnLogGuard): Promise<void> {
    for (const peer of ["a", "b", "c"]) guard.compared(peer);
    await clock.advance(LIMITS.recoveryQuietMs);
    await guard.requireSettled();
  }

  /** As the message log does: it tells the guard, then keeps the message. */
  async function hold(guard: OwnLogGuard, messages: readonly Message[]): Promise<void> {
    for (const message of messages) {
      const { author, sequence } = message.envelope;
      const { cid, kind, bytes } = message;
      guard.cameFromOutside(message);
      await store.addMessage({ cid, kind, bytes, author, sequence, epoch: -1, receivedAtMs: clock.nowMs() });
    }
    await clock.advance(0);
    guard.compared("peer 0");
    await clock.advance(0);
  }
});

function written(length: number, timestampMs = IMPORTED_AT_MS - 1): Message[] {
  const messages: Message[] = [];
  for (let sequence = 0; sequence < length; sequence++) {
    const { bytes } = signMessage({
      network: NETWORK,
      secretKey: identity.secretKey,
      sequence,
      previous: messages.at(-1)?.cid ?? null,
      timestampMs,
      kind: "ballot",
      body: { proposal: NETWORK, choice: "for" },
    });
    messages.push(decodeMessage(bytes, NETWORK));
  }
  return messages;
}

function at(sequence: number): Message {
  const message = log[sequence];
  if (message === undefined) throw new Error("expected a message");
  return message;
}
