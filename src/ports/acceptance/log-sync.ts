import { afterEach, describe, expect, it, vi } from "vitest";
import { type ErrorData, ignore, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { LogHeads, LogSource, LogSync, SyncReport } from "../log-sync.ts";

export interface LogSyncPeer {
  readonly nodeId: NodeId;
  readonly logSync: LogSync;
}

export interface LogSyncPeers {
  /** `start` was called with the given source; connected with each other, or about to be. */
  readonly peers: readonly LogSyncPeer[];
  dispose(): Promise<void>;
}

const WAIT = { timeout: 15_000, interval: 20 };
const author = (digit: string): NodeId => digit.repeat(64);
const decoder = new TextDecoder();

/** A log of texts that refuses holes and the word "forged": enough to judge a sync by. */
class TextLogs implements LogSource {
  readonly #logs = new Map<NodeId, string[]>();

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
    return this.texts(by)
      .slice(from, to)
      .map((text, offset) => new TextEncoder().encode(`${by}:${from + offset}:${text}`));
  }

  async ingest(bytes: Uint8Array): Promise<ErrorData | undefined> {
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
  describe(`LogSync: ${name}`, { timeout: 40_000 }, () => {
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
