import { afterEach, describe, expect, it, vi } from "vitest";
import { cidOf } from "../../core/codec/dag-cbor.ts";
import { type ErrorData, ignore, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { ArchivedEpoch, LogHeads, LogSource, LogSync, SyncReport } from "../log-sync.ts";

export interface LogSyncPeer {
  readonly nodeId: NodeId;
  readonly logSync: LogSync;
}

export interface LogSyncPeers {
  /** `start` was called with the given source; connected with each other, or about to be. */
  readonly peers: readonly LogSyncPeer[];
  dispose(): Promise<void>;
}

const WAIT = { timeout: 40_000, interval: 20 };
const author = (digit: string): NodeId => digit.repeat(64);
const decoder = new TextDecoder();
const ROOT = "07".repeat(32);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Logs of texts that refuse holes and the word "forged": enough to judge a sync by. */
class TextLogs implements LogSource {
  readonly #logs = new Map<NodeId, string[]>();
  readonly #beside = new Map<Cid, Uint8Array>();
  /** How often messages were read, and how many. */
  reads = 0;
  readonly votes: string[] = [];
  readonly archives: ArchivedEpoch[] = [];
  isWaiting = false;
  readonly waitedFor = new Set<NodeId>();

  async archivesAfter(root: string): Promise<readonly ArchivedEpoch[]> {
    return root === ROOT ? this.archives : [];
  }

  waits(peer: NodeId): boolean {
    this.waitedFor.add(peer);
    return this.isWaiting;
  }

  /** Holds a message that stands in no log. */
  keepBeside(text: string): Cid {
    const bytes = encode(text);
    const cid = cidOf(bytes);
    this.#beside.set(cid, bytes);
    return cid;
  }

  append(by: NodeId, ...texts: string[]): this {
    const log = this.#logs.get(by) ?? [];
    log.push(...texts);
    this.#logs.set(by, log);
    return this;
  }

  texts(by: NodeId): readonly string[] {
    return this.#logs.get(by) ?? [];
  }

  async heads(): Promise<LogHeads> {
    return new Map([...this.#logs].map(([by, log]) => [by, log.length]));
  }

  async read(by: NodeId, from: number, to: number): Promise<readonly Uint8Array[]> {
    const texts = this.texts(by).slice(from, to);
    this.reads += texts.length;
    return texts.map((text, offset) => encode(`${by}:${from + offset}:${text}`));
  }

  async find(cids: readonly Cid[]): Promise<readonly Uint8Array[]> {
    return cids.flatMap((cid) => this.#beside.get(cid) ?? []);
  }

  async votesAfter(root: string): Promise<readonly Uint8Array[]> {
    return root === ROOT ? this.votes.map(encode) : [];
  }

  async ingestAll(batch: readonly Uint8Array[]): Promise<readonly (ErrorData | undefined)[]> {
    return batch.map((bytes) => this.#ingest(bytes));
  }

  #ingest(bytes: Uint8Array): ErrorData | undefined {
    const [by = "", sequence = "", text = ""] = decoder.decode(bytes).split(":");
    const held = this.texts(by).length;
    if (Number(sequence) < held) return undefined;
    if (Number(sequence) > held) return ignore("log-gap", "Hole", String(held), sequence).data;
    if (text === "forged") return reject("bad-signature", "Forged").data;
    this.append(by, text);
    return undefined;
  }
}

/** Promises of the LogSync port, among peers that serve the given sources. */
export function describeLogSync(
  name: string,
  make: (sources: readonly LogSource[]) => Promise<LogSyncPeers>,
): void {
  describe(`LogSync: ${name}`, { timeout: 120_000 }, () => {
    let subject: LogSyncPeers | undefined;
    const start = async (...sources: LogSource[]): Promise<readonly LogSyncPeer[]> => {
      subject = await make(sources);
      return subject.peers;
    };
    afterEach(async () => {
      await subject?.dispose();
      subject = undefined;
    });
    const expectSame = (logs: readonly TextLogs[], by: NodeId, texts: readonly string[]): Promise<void> =>
      vi.waitFor(() => {
        for (const log of logs) expect(log.texts(by)).toEqual(texts);
      }, WAIT);

    it("gives both sides the union on connect", async () => {
      const left = new TextLogs().append(author("a"), "a0", "a1").append(author("c"), "c0");
      const right = new TextLogs().append(author("b"), "b0").append(author("c"), "c0", "c1");
      await start(left, right);
      await expectSame([left, right], author("a"), ["a0", "a1"]);
      await expectSame([left, right], author("b"), ["b0"]);
      await expectSame([left, right], author("c"), ["c0", "c1"]);
    });

    it("asks who can give archives of what follows a state", async () => {
      const [left, right] = [new TextLogs(), new TextLogs()];
      const cid = cidOf(encode("a set"));
      right.archives.push(
        { epoch: 4, messageSetCid: cid, archiveCid: cidOf(encode("a file"), "raw") },
        { epoch: 7, messageSetCid: cid, archiveCid: cidOf(encode("another file"), "raw") },
      );
      const [first, second] = await start(left, right);
      await vi.waitFor(async () => {
        expect(await first?.logSync.fetchArchives(ROOT)).toEqual([
          { by: second?.nodeId, epochs: right.archives },
        ]);
      }, WAIT);
      expect(await first?.logSync.fetchArchives("08".repeat(32))).toEqual([]);
      expect(await second?.logSync.fetchArchives(ROOT)).toEqual([]);
    });

    it("brings no log while the node waits, and all when it asks afterwards", async () => {
      const left = new TextLogs();
      left.isWaiting = true;
      const right = new TextLogs().append(author("a"), "a0");
      const [first, second] = await start(left, right);
      await vi.waitFor(async () => expect(await first?.logSync.fetchVotes(ROOT)).toEqual([]), WAIT);
      expect((await first?.logSync.syncWithAll())?.received).toBe(0);
      await vi.waitFor(() => expect([...left.waitedFor]).toEqual([second?.nodeId]), WAIT);
      left.isWaiting = false;
      await vi.waitFor(async () => {
        await first?.logSync.syncWithAll();
        expect(left.texts(author("a"))).toEqual(["a0"]);
      }, WAIT);
    });

    it("brings what was written since, on demand, in either direction", async () => {
      const left = new TextLogs().append(author("a"), "a0");
      const right = new TextLogs();
      const [, second] = await start(left, right);
      await expectSame([left, right], author("a"), ["a0"]);
      left.append(author("a"), "a1");
      right.append(author("b"), "b0");
      await vi.waitFor(async () => {
        await second?.logSync.syncWithAll();
        expect(right.texts(author("a"))).toEqual(["a0", "a1"]);
        expect(left.texts(author("b"))).toEqual(["b0"]);
      }, WAIT);
    });

    it("reports what a sync brought", async () => {
      const left = new TextLogs();
      const right = new TextLogs();
      const [first] = await start(left, right);
      const reports: SyncReport[] = [];
      first?.logSync.onSynced((_, report) => reports.push(report));
      right.append(author("b"), "b0", "b1");
      await vi.waitFor(async () => {
        await first?.logSync.syncWithAll();
        expect(left.texts(author("b"))).toEqual(["b0", "b1"]);
        // Two syncs at the same time may both carry a message, so at least.
        expect(reports.reduce((sum, report) => sum + report.received, 0)).toBeGreaterThanOrEqual(2);
      }, WAIT);
      await vi.waitFor(async () => {
        expect(await first?.logSync.syncWithAll()).toEqual({ received: 0, sent: 0, refused: [] });
      }, WAIT);
    });

    it("tells that it has compared logs with a peer, when these were equal too, and not before it holds what the peer held", async () => {
      const left = new TextLogs();
      const right = new TextLogs().append(author("b"), "b0", "b1");
      const [first, second] = await start(left, right);
      const held: number[] = [];
      const stop = first?.logSync.onCompared((peer) => {
        expect(peer).toBe(second?.nodeId);
        held.push(left.texts(author("b")).length);
      });
      const compareOnceMore = async (): Promise<void> => {
        const before = held.length;
        await vi.waitFor(async () => {
          await first?.logSync.syncWithAll();
          expect(held.length).toBeGreaterThan(before);
        }, WAIT);
      };
      await compareOnceMore();
      await compareOnceMore();
      expect(new Set(held)).toEqual(new Set([2]));
      stop?.();
    });

    it("carries logs longer than a batch, in order and without holes", async () => {
      const texts = Array.from({ length: LIMITS.logSyncBatchMessages * 2 + 3 }, (_, index) => `t${index}`);
      const left = new TextLogs().append(author("a"), ...texts);
      const right = new TextLogs();
      await start(left, right);
      await expectSame([left, right], author("a"), texts);
    });

    it("carries logs larger than a batch's bytes", async () => {
      const texts = Array.from({ length: 12 }, (_, index) => `${index}`.padEnd(200_000, "x"));
      const left = new TextLogs().append(author("a"), ...texts);
      const right = new TextLogs();
      await start(left, right);
      await expectSame([left, right], author("a"), texts);
    });

    it("lets one refused message spoil its author's log only", async () => {
      const left = new TextLogs().append(author("a"), "a0", "forged", "a2").append(author("b"), "b0");
      const right = new TextLogs();
      const [, second] = await start(left, right);
      await expectSame([right], author("b"), ["b0"]);
      await expectSame([right], author("a"), ["a0"]);
      await vi.waitFor(async () => {
        const report = await second?.logSync.syncWithAll();
        expect(report?.refused.map(({ code }) => code)).toContain("bad-signature");
      }, WAIT);
      expect(right.texts(author("a"))).toEqual(["a0"]);
    });

    it("says how much of the own log a peer holds, also when nothing was missing", async () => {
      const left = new TextLogs();
      const right = new TextLogs();
      const [first, second] = await start(left, right);
      const [one, other] = [first?.nodeId ?? "", second?.nodeId ?? ""];
      const confirmed = new Map<NodeId, number>();
      first?.logSync.onSynced((peer, { peerHolds }) => confirmed.set(peer, peerHolds));
      left.append(one, "l0", "l1");
      await vi.waitFor(async () => {
        await first?.logSync.syncWithAll();
        expect(confirmed.get(other)).toBe(2);
      }, WAIT);
      // Both got the third from elsewhere, as by gossip: a sync carries nothing, and yet confirms it.
      left.append(one, "l2");
      right.append(one, "l2");
      await vi.waitFor(async () => {
        await first?.logSync.syncWithAll();
        expect(confirmed.get(other)).toBe(3);
      }, WAIT);
    });

    it("tells a peer's listeners as well what it is known to hold", async () => {
      const left = new TextLogs();
      const right = new TextLogs();
      const [first, second] = await start(left, right);
      const [one, other] = [first?.nodeId ?? "", second?.nodeId ?? ""];
      let held = 0;
      second?.logSync.onSynced((peer, { peerHolds }) => {
        if (peer === one) held = peerHolds;
      });
      right.append(other, "r0", "r1");
      await vi.waitFor(async () => {
        await first?.logSync.syncWithAll();
        expect(held).toBe(2);
      }, WAIT);
    });

    it("confirms nothing that a peer refuses to hold", async () => {
      const left = new TextLogs();
      const right = new TextLogs();
      const [first] = await start(left, right);
      let held = 0;
      first?.logSync.onSynced((_, { peerHolds }) => {
        held = Math.max(held, peerHolds);
      });
      left.append(first?.nodeId ?? "", "l0", "forged", "l2");
      await vi.waitFor(async () => {
        await first?.logSync.syncWithAll();
        expect(held).toBe(1);
      }, WAIT);
    });

    it("carries no message that is held already", async () => {
      const texts = Array.from({ length: 50 }, (_, index) => `t${index}`);
      const left = new TextLogs();
      const right = new TextLogs();
      for (let log = 0; log < 100; log++) {
        const by = log.toString(16).padStart(64, "0");
        left.append(by, ...texts);
        right.append(by, ...texts);
      }
      left.append("7".padStart(64, "0"), "new");
      await start(left, right);
      await expectSame([right], "7".padStart(64, "0"), [...texts, "new"]);
      // Once in each direction at most, when both sides sync at the same time.
      expect(left.reads + right.reads).toBeLessThanOrEqual(2);
    });

    it("fetches messages by CID that stand in no log, from whoever holds them", async () => {
      const logs = [new TextLogs(), new TextLogs(), new TextLogs()];
      const one = logs[1]?.keepBeside("held by the second");
      const other = logs[2]?.keepBeside("held by the third");
      const unknown = new TextLogs().keepBeside("held by nobody");
      const [first] = await start(...logs);
      await vi.waitFor(async () => {
        const found = await first?.logSync.fetch([one ?? "", unknown, other ?? ""]);
        const texts = found?.map((bytes) => decoder.decode(bytes)).sort();
        expect(texts).toEqual(["held by the second", "held by the third"]);
      }, WAIT);
    });

    it("fetches the votes after a root from everybody who holds some", async () => {
      const logs = [new TextLogs(), new TextLogs(), new TextLogs()];
      logs[1]?.votes.push("one");
      logs[2]?.votes.push("one", "two");
      const [first] = await start(...logs);
      await vi.waitFor(async () => {
        const votes = (await first?.logSync.fetchVotes(ROOT)) ?? [];
        expect(votes.map((bytes) => decoder.decode(bytes)).sort()).toEqual(["one", "one", "two"]);
        expect(await first?.logSync.fetchVotes("08".repeat(32))).toEqual([]);
      }, WAIT);
    });

    it("brings three peers to the same logs", async () => {
      const logs = ["a", "b", "c"].map((digit) => new TextLogs().append(author(digit), `${digit}0`));
      const peers = await start(...logs);
      await vi.waitFor(async () => {
        for (const { logSync } of peers) await logSync.syncWithAll();
        for (const digit of ["a", "b", "c"]) {
          for (const log of logs) expect(log.texts(author(digit))).toEqual([`${digit}0`]);
        }
      }, WAIT);
    });
  });
}
