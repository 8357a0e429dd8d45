/** What both sides of one log sync share; transport-free. The frames are described in frames.ts. */
import { type ErrorData, ignore, type ParleyError, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { LogSource } from "../../ports/log-sync.ts";
import type { Claims } from "./claims.ts";
import type { LogRange, LogSegment, SyncFrame } from "./frames.ts";
import type { HeadIndex } from "./ranges.ts";

export interface SyncChannel {
  send(frame: SyncFrame): Promise<void>;
  receive(): Promise<SyncFrame>;
}

export interface SyncContext {
  readonly network: string;
  readonly source: LogSource;
  /** This node, and the one on the other side. */
  readonly own: NodeId;
  readonly peer: NodeId;
  readonly index: HeadIndex;
  /** Which logs the syncs of this node are bringing now. */
  readonly claims: Claims;
  /** Runs one task at a time over all syncs of this node, so that no message is handed in twice. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
}

export interface Ingested {
  /** By how much logs have grown. */
  readonly received: number;
  /** Of each segment that did not go in whole, why. */
  readonly refused: ReadonlyMap<NodeId, ErrorData>;
}

/** Hands segments in. A refused message ends its author's segment only. */
export function ingestSegments(
  segments: readonly LogSegment[],
  { source, peer, exclusively }: SyncContext,
): Promise<Ingested> {
  return exclusively(async () => {
    const heads = await source.heads();
    const fresh = segments.map(([author, from, envelopes]) => {
      const held = heads.get(author) ?? 0;
      return {
        author,
        held,
        end: from + envelopes.length,
        envelopes: envelopes.slice(Math.max(0, held - from)),
      };
    });
    const verdicts = await source.ingestAll(
      fresh.flatMap(({ envelopes }) => envelopes),
      peer,
    );
    const after = await source.heads();
    const refused = new Map<NodeId, ErrorData>();
    let [received, at] = [0, 0];
    for (const { author, held, end, envelopes } of fresh) {
      const now = after.get(author) ?? 0;
      received += Math.max(0, now - held);
      const own = verdicts.slice(at, at + envelopes.length);
      at += envelopes.length;
      if (now < end)
        refused.set(author, own.find((verdict) => verdict !== undefined) ?? notAdvanced(end, now));
    }
    return { received, refused };
  });
}

/** Accepted, yet the log did not grow: messages of another author, or ones that wait for others. */
function notAdvanced(expected: number, held: number): ErrorData {
  return ignore("log-not-advanced", "These messages do not continue the log", String(expected), String(held))
    .data;
}

/** As much of these ranges as fits one batch, the first ones first. */
export async function fillBatch(source: LogSource, ranges: readonly LogRange[]): Promise<LogSegment[]> {
  const segments: LogSegment[] = [];
  let messagesLeft: number = LIMITS.logSyncBatchMessages;
  let bytesLeft: number = LIMITS.logSyncBatchBytes;
  for (const [author, from, to] of ranges) {
    if (messagesLeft === 0 || bytesLeft <= 0) break;
    const held = await source.read(author, from, Math.min(to, from + messagesLeft));
    const envelopes: Uint8Array[] = [];
    for (const envelope of held) {
      if (bytesLeft <= 0) break;
      envelopes.push(envelope);
      bytesLeft -= envelope.length;
    }
    if (envelopes.length === 0) continue;
    messagesLeft -= envelopes.length;
    segments.push([author, from, envelopes]);
  }
  return segments;
}

/** The first ranges, cut so that they are one batch. */
export function oneBatch(ranges: Iterable<LogRange>): LogRange[] {
  const batch: LogRange[] = [];
  let left: number = LIMITS.logSyncBatchMessages;
  for (const [author, from, to] of ranges) {
    if (left === 0 || batch.length === LIMITS.logSyncRanges) break;
    const end = Math.min(to, from + left);
    batch.push([author, from, end]);
    left -= end - from;
  }
  return batch;
}

export function countOfMessages(segments: readonly LogSegment[]): number {
  return segments.reduce((sum, [, , envelopes]) => sum + envelopes.length, 0);
}

export function unexpected(expected: string, frame: SyncFrame): ParleyError {
  return reject("unexpected-frame", "A frame out of its turn", expected, frame.kind);
}
