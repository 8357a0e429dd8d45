/** One side of one log sync over a channel of frames; transport-free. The order of frames is in frames.ts. */
import { type ErrorData, ignore, type ParleyError, reject, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { LogHeads, LogSource, SyncReport } from "../../ports/log-sync.ts";
import type { LogRange, LogSegment, SyncFrame } from "./frames.ts";

export interface SyncChannel {
  send(frame: SyncFrame): Promise<void>;
  receive(): Promise<SyncFrame>;
}

export interface SyncContext {
  readonly network: string;
  readonly source: LogSource;
  /** The node on the other side. */
  readonly peer: NodeId;
  /** Runs one task at a time over all syncs of this node, so that no message is handed in twice. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
}

export async function syncAsDialler(channel: SyncChannel, context: SyncContext): Promise<SyncReport> {
  await channel.send(await headsFrame(context));
  const theirs = await receiveHeads(channel, context);
  const pulled = await pull(channel, theirs, context);
  const sent = await serve(channel, context);
  return { ...pulled, sent };
}

export async function syncAsListener(channel: SyncChannel, context: SyncContext): Promise<SyncReport> {
  const theirs = await receiveHeads(channel, context);
  await channel.send(await headsFrame(context));
  const sent = await serve(channel, context);
  const pulled = await pull(channel, theirs, context);
  return { ...pulled, sent };
}

async function headsFrame({ network, source }: SyncContext): Promise<SyncFrame> {
  const heads = [...(await source.heads())].slice(0, LIMITS.logSyncAuthors);
  return { kind: "heads", network, heads };
}

async function receiveHeads(channel: SyncChannel, { network }: SyncContext): Promise<LogHeads> {
  const frame = await channel.receive();
  if (frame.kind !== "heads") throw unexpected("heads", frame);
  if (frame.network !== network) {
    throw ignore("wrong-network", "This peer is of another network", network, frame.network);
  }
  return new Map(frame.heads);
}

type Pulled = Pick<SyncReport, "received" | "refused">;

/** Asks for what is missing until nothing is; a refused message ends the pull of its author's log only. */
async function pull(channel: SyncChannel, theirs: LogHeads, context: SyncContext): Promise<Pulled> {
  const refused: ErrorData[] = [];
  const closed = new Set<NodeId>();
  let received = 0;
  for (;;) {
    const ranges = missingRanges(await context.source.heads(), theirs, closed);
    if (ranges.length === 0) break;
    await channel.send({ kind: "want", ranges });
    const frame = await channel.receive();
    if (frame.kind !== "messages") throw unexpected("messages", frame);
    if (frame.segments.length === 0) break;
    const wanted = new Map(ranges.map(([author, from, to]) => [author, { from, to }]));
    for (const segment of frame.segments) {
      const range = wanted.get(segment[0]);
      wanted.delete(segment[0]);
      requireAsked(segment, range);
      const result = await context.exclusively(() => ingestSegment(segment, context));
      received += result.received;
      if (result.refused === undefined) continue;
      refused.push(result.refused);
      closed.add(segment[0]);
    }
  }
  await channel.send({ kind: "done" });
  return { received, refused };
}

function missingRanges(ours: LogHeads, theirs: LogHeads, closed: ReadonlySet<NodeId>): LogRange[] {
  const ranges: LogRange[] = [];
  for (const [author, count] of theirs) {
    const held = ours.get(author) ?? 0;
    if (count <= held || closed.has(author)) continue;
    ranges.push([author, held, Math.min(count, held + LIMITS.logSyncBatchMessages)]);
    if (ranges.length === LIMITS.logSyncRanges) break;
  }
  return ranges;
}

/** A peer may send less than was asked, never nothing, something else, or one author twice: each would go on for ever. */
function requireAsked(
  [, from, envelopes]: LogSegment,
  range: { from: number; to: number } | undefined,
): void {
  if (range?.from === from && envelopes.length > 0 && from + envelopes.length <= range.to) return;
  const asked = range === undefined ? "no such author" : `${range.from} to ${range.to}`;
  throw reject(
    "unasked-messages",
    "Messages that were not asked for",
    asked,
    `${envelopes.length} from ${from}`,
  );
}

async function ingestSegment(
  [author, from, envelopes]: LogSegment,
  { source, peer }: SyncContext,
): Promise<{ received: number; refused?: ErrorData }> {
  const held = (await source.heads()).get(author) ?? 0;
  let received = 0;
  for (const envelope of envelopes.slice(Math.max(0, held - from))) {
    const refused = await source.ingest(envelope, peer).catch(toErrorData);
    if (refused !== undefined) return { received, refused };
    received++;
  }
  const expected = from + envelopes.length;
  const now = (await source.heads()).get(author) ?? 0;
  if (now >= expected) return { received };
  return { received, refused: notAdvanced(expected, now) };
}

/** Accepted, yet the log did not grow: messages of another author, or ones that wait for others. */
function notAdvanced(expected: number, held: number): ErrorData {
  return ignore("log-not-advanced", "These messages do not continue the log", String(expected), String(held))
    .data;
}

/** Answers wants until done. Returns how many messages were sent. */
async function serve(channel: SyncChannel, { source }: SyncContext): Promise<number> {
  let sent = 0;
  for (;;) {
    const frame = await channel.receive();
    if (frame.kind === "done") return sent;
    if (frame.kind !== "want") throw unexpected("want or done", frame);
    const segments = await fillBatch(source, frame.ranges);
    await channel.send({ kind: "messages", segments });
    for (const [, , envelopes] of segments) sent += envelopes.length;
  }
}

async function fillBatch(source: LogSource, ranges: readonly LogRange[]): Promise<LogSegment[]> {
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

function unexpected(expected: string, frame: SyncFrame): ParleyError {
  return reject("unexpected-frame", "A frame out of its turn", expected, frame.kind);
}
