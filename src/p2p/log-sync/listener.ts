/** The answering side of one log sync. Each request is answered by itself, from the heads at the stream's beginning. */
import { type ErrorData, ignore, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { ArchivedEpoch, SyncReport } from "../../ports/log-sync.ts";
import type { EpochEntry, LogSegment, SyncAnswer, SyncFrame } from "./frames.ts";
import { answerRanges, type Ranges, type Snapshot } from "./ranges.ts";
import {
  countOfMessages,
  fillBatch,
  ingestSegments,
  type SyncChannel,
  type SyncContext,
  unexpected,
} from "./session.ts";

/** A report, and how many messages the dialler has left for this side to get. */
export interface ServedSync {
  readonly report: SyncReport;
  readonly left: number;
}

/** Undefined when the dialler asked for single messages only. Errors: those of the channel, wrong-network, archives-first, unexpected-frame, unasked-ranges, too-many-requests. */
export async function syncAsListener(
  channel: SyncChannel,
  context: SyncContext,
): Promise<ServedSync | undefined> {
  const run = new ServedRun(context);
  for (let requests = 0; requests < LIMITS.logSyncRequests; requests++) {
    const frame = await channel.receive();
    if (frame.kind === "done") return run.end(frame);
    await channel.send(await run.answer(frame));
    // Who asks for single messages asks for nothing else.
    if (frame.kind === "find" || frame.kind === "votes" || frame.kind === "epochs") return undefined;
  }
  throw reject("too-many-requests", "A sync that comes to no end", `at most ${LIMITS.logSyncRequests}`);
}

class ServedRun {
  readonly #context: SyncContext;
  readonly #refused: ErrorData[] = [];
  #snapshot: Snapshot | undefined;
  #received = 0;
  #sent = 0;
  #peerHolds = 0;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  async answer(frame: SyncFrame): Promise<SyncAnswer> {
    if (frame.kind === "find") {
      this.#requireNetwork(frame.network);
      return { kind: "found", envelopes: fitting(await this.#context.source.find(frame.cids)) };
    }
    if (frame.kind === "votes") {
      this.#requireNetwork(frame.network);
      return { kind: "found", envelopes: fitting(await this.#context.source.votesAfter(frame.after)) };
    }
    if (frame.kind === "epochs") {
      this.#requireNetwork(frame.network);
      const epochs = (await this.#context.source.archivesAfter?.(frame.after)) ?? [];
      return { kind: "archives", epochs: epochs.slice(0, LIMITS.archivesNamed).map(entryOf) };
    }
    if (frame.kind === "compare") {
      this.#requireNetwork(frame.network);
      // What it would give comes in archives too; this side syncs when it has them.
      const { source, peer } = this.#context;
      if (source.waits?.(peer) === true) {
        throw ignore("archives-first", "This node follows archives before it takes logs");
      }
      this.#peerHolds = frame.holds;
      return this.#compare(frame);
    }
    if (this.#snapshot === undefined) throw unexpected("compare", frame);
    if (frame.kind === "give") return this.#take(frame.segments);
    if (frame.kind !== "want") throw unexpected("a request", frame);
    const segments = await fillBatch(this.#context.source, frame.ranges);
    this.#sent += countOfMessages(segments);
    return { kind: "messages", segments };
  }

  async end({ holds, left }: { readonly holds: number; readonly left: number }): Promise<ServedSync> {
    this.#peerHolds = Math.max(this.#peerHolds, holds);
    const own = (await this.#context.source.heads()).get(this.#context.own) ?? 0;
    return {
      left,
      report: {
        received: this.#received,
        sent: this.#sent,
        refused: this.#refused,
        peerHolds: Math.min(this.#peerHolds, own),
      },
    };
  }

  async #compare(asked: Ranges): Promise<SyncAnswer> {
    const { source, index, peer } = this.#context;
    requireAscending(asked);
    const heads = await source.heads();
    this.#snapshot ??= index.snapshot(heads);
    const answer = answerRanges(this.#snapshot, asked);
    return { kind: "differ", holds: heads.get(peer) ?? 0, ...answer };
  }

  async #take(segments: readonly LogSegment[]): Promise<SyncAnswer> {
    const { source, peer } = this.#context;
    if (new Set(segments.map(([author]) => author)).size < segments.length) {
      throw reject("unasked-messages", "One author twice in a batch", "one segment an author");
    }
    const { received, refused } = await ingestSegments(segments, this.#context);
    this.#received += received;
    this.#refused.push(...refused.values());
    const heads = await source.heads();
    const counts = segments.map(([author]): readonly [NodeId, number] => [author, heads.get(author) ?? 0]);
    return { kind: "taken", counts, holds: heads.get(peer) ?? 0 };
  }

  #requireNetwork(network: string): void {
    if (network === this.#context.network) return;
    throw ignore("wrong-network", "This peer is of another network", this.#context.network, network);
  }
}

/** Each range is answered by itself, but what is asked twice would be work for nothing. */
function requireAscending({ prints, lists }: Ranges): void {
  if (prints.length + lists.length > LIMITS.logSyncComparedRanges) {
    const received = `${prints.length + lists.length}`;
    throw reject("unasked-ranges", "Too many ranges", `${LIMITS.logSyncComparedRanges}`, received);
  }
  for (const ranges of [prints, lists]) {
    let end = "";
    for (const [index, [from, to]] of ranges.entries()) {
      const isInOrder = index === 0 || (end !== "" && from >= end);
      if (!isInOrder || (to !== "" && to <= from)) {
        throw reject("unasked-ranges", "Ranges out of order", `from ${end}`, `${from} to ${to}`);
      }
      end = to;
    }
  }
}

function entryOf({ epoch, messageSetCid, archiveCid }: ArchivedEpoch): EpochEntry {
  return [epoch, messageSetCid, archiveCid];
}

/** As many as one batch holds. */
function fitting(envelopes: readonly Uint8Array[]): readonly Uint8Array[] {
  let left: number = LIMITS.logSyncBatchBytes;
  return envelopes.slice(0, LIMITS.logSyncBatchMessages).filter((bytes) => {
    const fits = left > 0;
    left -= bytes.length;
    return fits;
  });
}
