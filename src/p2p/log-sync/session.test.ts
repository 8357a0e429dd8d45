import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ignore } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { LogHeads, LogSource } from "../../ports/log-sync.ts";
import { Claims } from "./claims.ts";
import { type DialledSync, syncAsDialler } from "./dialler.ts";
import { decodeFrame, encodeFrame, type SyncFrame } from "./frames.ts";
import { type ServedSync, syncAsListener } from "./listener.ts";
import { HeadIndex } from "./ranges.ts";
import type { SyncChannel, SyncContext } from "./session.ts";

const NETWORK = "network";
const [DIALLER, LISTENER]: readonly [NodeId, NodeId] = ["d1".repeat(32), "e1".repeat(32)];
const author = (seed: number): NodeId =>
  (Math.imul(seed + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0").padEnd(64, "3");

/** Logs whose messages say their author and place. */
class Logs implements LogSource {
  readonly counts = new Map<NodeId, number>();
  ingested = 0;

  constructor(counts: Iterable<readonly [NodeId, number]> = []) {
    for (const [by, count] of counts) this.counts.set(by, count);
  }

  async heads(): Promise<LogHeads> {
    return this.counts;
  }

  async read(by: NodeId, from: number, to: number): Promise<readonly Uint8Array[]> {
    const end = Math.min(to, this.counts.get(by) ?? 0);
    return Array.from({ length: Math.max(0, end - from) }, (_, at) => encodeMessage(by, from + at));
  }

  async find(): Promise<readonly Uint8Array[]> {
    return [];
  }

  async votesAfter(): Promise<readonly Uint8Array[]> {
    return [];
  }

  async ingestAll(batch: readonly Uint8Array[]) {
    return batch.map((bytes) => {
      const [by = "", place = ""] = new TextDecoder().decode(bytes).split(":");
      const held = this.counts.get(by) ?? 0;
      if (Number(place) > held) return ignore("log-gap", "Hole").data;
      if (Number(place) === held) {
        this.counts.set(by, held + 1);
        this.ingested++;
      }
      return undefined;
    });
  }
}

const encodeMessage = (by: NodeId, place: number): Uint8Array => new TextEncoder().encode(`${by}:${place}`);

interface Traffic {
  frames: number;
  bytes: number;
  readonly kinds: string[];
}

class Broken extends Error {}

/** Two ends of a stream that encodes every frame; `breakAfter` frames it dies. */
function channels(
  traffic: Traffic,
  breakAfter = Number.POSITIVE_INFINITY,
): readonly [SyncChannel, SyncChannel] {
  const queues: readonly [Uint8Array[], Uint8Array[]] = [[], []];
  const waiting: ((() => void) | undefined)[] = [];
  const end = (own: 0 | 1): SyncChannel => ({
    send: async (frame) => {
      if (traffic.frames >= breakAfter) {
        for (const wake of waiting) wake?.();
        throw new Broken();
      }
      const bytes = encodeFrame(frame);
      traffic.frames++;
      traffic.bytes += bytes.length;
      traffic.kinds.push(frame.kind);
      queues[own === 0 ? 1 : 0].push(bytes);
      waiting[own === 0 ? 1 : 0]?.();
    },
    receive: async () => {
      while (queues[own].length === 0) {
        if (traffic.frames >= breakAfter) throw new Broken();
        await new Promise<void>((resolve) => {
          waiting[own] = resolve;
        });
      }
      return decodeFrame(queues[own].shift() ?? new Uint8Array());
    },
  });
  return [end(0), end(1)];
}

function contextOf(source: LogSource, own: NodeId, peer: NodeId): SyncContext {
  return {
    network: NETWORK,
    source,
    own,
    peer,
    index: new HeadIndex(),
    claims: new Claims(),
    exclusively: (task) => task(),
  };
}

interface Synced {
  readonly dialled: PromiseSettledResult<DialledSync>;
  readonly served: PromiseSettledResult<ServedSync | undefined>;
  readonly traffic: Traffic;
}

async function sync(left: Logs, right: Logs, breakAfter?: number): Promise<Synced> {
  const traffic: Traffic = { frames: 0, bytes: 0, kinds: [] };
  const [one, other] = channels(traffic, breakAfter);
  const [dialled, served] = await Promise.allSettled([
    syncAsDialler(one, contextOf(left, DIALLER, LISTENER)),
    syncAsListener(other, contextOf(right, LISTENER, DIALLER)),
  ]);
  return { dialled, served, traffic };
}

const resultOf = <T>(settled: PromiseSettledResult<T>): T => {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
};

const union = (left: Logs, right: Logs): Map<NodeId, number> => {
  const all = new Map(left.counts);
  for (const [by, count] of right.counts) all.set(by, Math.max(count, all.get(by) ?? 0));
  return all;
};

const inOrder = (counts: ReadonlyMap<NodeId, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1));

describe("a sync", () => {
  const someLogs = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 40 })), { maxLength: 150 })
    .map((logs) => logs.map(([seed, count]) => [author(seed), count] as const));

  it("leaves both sides with the union, whatever they held", async () => {
    await fc.assert(
      fc.asyncProperty(someLogs, someLogs, async (ours, theirs) => {
        const [left, right] = [new Logs(ours), new Logs(theirs)];
        const all = union(left, right);
        const { dialled, served } = await sync(left, right);
        expect(resultOf(dialled).leftToOthers + (resultOf(served)?.left ?? 0)).toBe(0);
        expect(inOrder(left.counts)).toEqual(inOrder(all));
        expect(inOrder(right.counts)).toEqual(inOrder(all));
        expect(resultOf(dialled).report.received).toBe(left.ingested);
        expect(resultOf(served)?.report.received).toBe(right.ingested);
      }),
      { numRuns: 100 },
    );
  });

  it("of equal logs is one question, one answer and a farewell, and says what the other side holds", async () => {
    const logs: [NodeId, number][] = Array.from({ length: 3_000 }, (_, seed) => [author(seed), 7]);
    logs.push([DIALLER, 5], [LISTENER, 4]);
    const { dialled, served, traffic } = await sync(new Logs(logs), new Logs(logs));
    expect(traffic.kinds).toEqual(["compare", "differ", "done"]);
    expect(traffic.bytes).toBeLessThan(1_000);
    expect(resultOf(dialled).report).toMatchObject({ received: 0, sent: 0, peerHolds: 5 });
    expect(resultOf(served)?.report).toMatchObject({ received: 0, sent: 0, peerHolds: 4 });
  });

  it("costs as much as the difference, not as much as the logs", async () => {
    const size = 10_000;
    const logs: [NodeId, number][] = Array.from({ length: size }, (_, seed) => [author(seed), 9]);
    const [left, right] = [new Logs(logs), new Logs(logs)];
    for (let change = 0; change < 10; change++) {
      (change % 2 === 0 ? left : right).counts.set(author(change * 700), 10);
    }
    const { traffic } = await sync(left, right);
    expect(inOrder(left.counts)).toEqual(inOrder(right.counts));
    // Four levels of 16 ranges of 20 to 60 bytes and one list of 32 items for each difference; telling all heads is 360 KB.
    expect(traffic.bytes).toBeLessThan(10 * (4 * 16 * 60 + 33 * 40));
    expect(traffic.frames).toBeLessThanOrEqual(13);
  });

  it("goes on where a broken one has ended", async () => {
    const long: [NodeId, number][] = Array.from({ length: 40 }, (_, seed) => [author(seed), 300]);
    const late = new Logs();
    const source = new Logs(long);
    await sync(late, source, 12);
    const kept = late.ingested;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(12_000);
    const { dialled } = await sync(late, source);
    expect(resultOf(dialled).report.received).toBe(12_000 - kept);
    expect(inOrder(late.counts)).toEqual(inOrder(source.counts));
  });

  it("gives a newcomer a limited part, and tells it how much is left to get", async () => {
    const full = new Logs(Array.from({ length: 60 }, (_, seed) => [author(seed), 200] as const));
    const late = new Logs();
    const { served } = await sync(full, late);
    expect(late.ingested).toBeGreaterThanOrEqual(LIMITS.logSyncGivenMessages);
    expect(late.ingested).toBeLessThan(LIMITS.logSyncGivenMessages + LIMITS.logSyncBatchMessages);
    expect(resultOf(served)?.left).toBe(12_000 - late.ingested);
  });

  it("leaves logs that another sync is bringing to that one", async () => {
    const source = new Logs([
      [author(1), 5],
      [author(2), 5],
    ]);
    const late = new Logs();
    const context = contextOf(late, DIALLER, LISTENER);
    context.claims.take(author(1), {});
    const [one, other] = channels({ frames: 0, bytes: 0, kinds: [] });
    const [dialled] = await Promise.all([
      syncAsDialler(one, context),
      syncAsListener(other, contextOf(source, LISTENER, DIALLER)),
    ]);
    expect(inOrder(late.counts)).toEqual([[author(2), 5]]);
    expect(dialled.leftToOthers).toBe(1);
  });
});

/** Dials a peer that answers by a script; gives the reason why the sync ended. */
async function againstListener(answer: (frame: SyncFrame) => SyncFrame): Promise<unknown> {
  const [one, other] = channels({ frames: 0, bytes: 0, kinds: [] });
  const logs = new Logs(Array.from({ length: 100 }, (_, seed) => [author(seed), 3] as const));
  let over = false;
  const liar = async (): Promise<void> => {
    while (!over) await other.send(answer(await other.receive()));
  };
  void liar().catch(() => undefined);
  const ended = await syncAsDialler(one, contextOf(logs, DIALLER, LISTENER)).catch(
    (thrown: unknown) => thrown,
  );
  over = true;
  return ended;
}

async function againstDialler(frames: readonly SyncFrame[]): Promise<unknown> {
  const [one, other] = channels({ frames: 0, bytes: 0, kinds: [] });
  const logs = new Logs([[author(1), 3]]);
  const served = syncAsListener(other, contextOf(logs, LISTENER, DIALLER)).catch((thrown: unknown) => thrown);
  for (const frame of frames) await one.send(frame);
  return served;
}

describe("a hostile peer", () => {
  const claims = (count: number): SyncFrame => ({
    kind: "differ",
    upTo: "",
    holds: 0,
    prints: [],
    lists: [["", "10", [["03".repeat(32), count]]]],
  });
  const listed = (frame: SyncFrame): SyncFrame => {
    if (frame.kind !== "compare") return { kind: "messages", segments: [] };
    const [first] = frame.prints;
    if (first === undefined) return claims(1);
    const items = [["00".padEnd(64, "1"), 9]] as const;
    return { kind: "differ", upTo: "", holds: 0, prints: [], lists: [[first[0], first[1], items]] };
  };

  it("that names messages and does not deliver them is refused", async () => {
    expect(await againstListener(listed)).toMatchObject({ code: "items-not-delivered" });
  });

  it("that delivers what was not asked for is refused", async () => {
    const stuffed = (frame: SyncFrame): SyncFrame => {
      if (frame.kind !== "want") return listed(frame);
      const [[by, from, to] = ["", 0, 0]] = frame.ranges;
      const envelopes = Array.from({ length: to - from + 1 }, (_, at) => encodeMessage(by, from + at));
      return { kind: "messages", segments: [[by, from, envelopes]] };
    };
    expect(await againstListener(stuffed)).toMatchObject({ code: "unasked-messages" });
  });

  it("that says of a range that it differs, and does not, is refused", async () => {
    const wrong = (frame: SyncFrame): SyncFrame => {
      if (frame.kind !== "compare") return { kind: "messages", segments: [] };
      const [list] = frame.lists;
      if (list !== undefined) return { kind: "differ", upTo: "", holds: 0, prints: [], lists: [list] };
      const [from, to, print] = frame.prints[0] ?? ["", "", ""];
      const parts = [
        [from, `${from}08`, print],
        [`${from}08`, to, print],
      ] as const;
      return { kind: "differ", upTo: "", holds: 0, prints: parts, lists: [] };
    };
    expect(await againstListener(wrong)).toMatchObject({ data: { verdict: "REJECT" } });
  });

  it("that asks without end, out of turn, or of another network is refused", async () => {
    const compare: SyncFrame = { kind: "compare", network: NETWORK, holds: 0, prints: [], lists: [] };
    const endless = Array.from({ length: LIMITS.logSyncRequests }, () => compare);
    expect(await againstDialler(endless)).toMatchObject({ code: "too-many-requests" });
    expect(await againstDialler([{ kind: "want", ranges: [] }])).toMatchObject({ code: "unexpected-frame" });
    expect(await againstDialler([{ ...compare, network: "other" }])).toMatchObject({ code: "wrong-network" });
    const twice: SyncFrame = { ...compare, lists: [...["", ""].map((from) => [from, "", []] as const)] };
    expect(await againstDialler([twice])).toMatchObject({ code: "unasked-ranges" });
  });

  it("that gives a log with a hole in it confirms nothing", async () => {
    const give: SyncFrame = { kind: "give", segments: [[author(1), 5, [encodeMessage(author(1), 5)]]] };
    const compare: SyncFrame = { kind: "compare", network: NETWORK, holds: 0, prints: [], lists: [] };
    const served = await againstDialler([compare, give, { kind: "done", holds: 99, left: 0 }]);
    expect(served).toMatchObject({ report: { received: 0, refused: [{ code: "log-gap" }], peerHolds: 0 } });
  });
});
