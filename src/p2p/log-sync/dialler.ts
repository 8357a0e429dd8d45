/** The asking side of one log sync: compares heads, gets what is missing here, gives what is missing there. */
import { type ErrorData, ignore, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { ArchivedEpoch, SyncReport } from "../../ports/log-sync.ts";
import type { LogRange, LogSegment, SyncAnswer, SyncRequest } from "./frames.ts";
import { type Differences, reconcile } from "./reconcile.ts";
import {
  countOfMessages,
  fillBatch,
  ingestSegments,
  oneBatch,
  type SyncChannel,
  type SyncContext,
  unexpected,
} from "./session.ts";

/** A report, and what is left for another sync with this peer: logs that other syncs are bringing now. */
export interface DialledSync {
  readonly report: SyncReport;
  readonly leftToOthers: number;
}

/** Errors: those of the channel and of reconcile, unexpected-frame, unasked-messages, items-not-delivered, sync-too-long. */
export async function syncAsDialler(channel: SyncChannel, context: SyncContext): Promise<DialledSync> {
  const run = new DialledRun(channel, context);
  try {
    return await run.sync();
  } finally {
    context.claims.releaseAll(run);
  }
}

/** Asks for single messages. What comes may be anything: the caller looks at it. */
export async function findAsDialler(
  channel: SyncChannel,
  request: Extract<SyncRequest, { readonly kind: "find" | "votes" }>,
): Promise<readonly Uint8Array[]> {
  await channel.send(request);
  const frame = await channel.receive();
  if (frame.kind !== "found") throw unexpected("found", frame);
  return frame.envelopes;
}

/** Asks which certified epochs follow a state. */
export async function epochsAsDialler(
  channel: SyncChannel,
  request: Extract<SyncRequest, { readonly kind: "epochs" }>,
): Promise<readonly ArchivedEpoch[]> {
  await channel.send(request);
  const frame = await channel.receive();
  if (frame.kind !== "archives") throw unexpected("archives", frame);
  return frame.epochs.map(([epoch, messageSetCid, archiveCid]) => ({ epoch, messageSetCid, archiveCid }));
}

/** By author: the next message to ask for, and where their log ends. */
type Missing = Map<NodeId, { next: number; readonly to: number }>;

class DialledRun {
  readonly #channel: SyncChannel;
  readonly #context: SyncContext;
  readonly #refused: ErrorData[] = [];
  #received = 0;
  #sent = 0;
  #peerHolds = 0;
  #requests = 0;

  constructor(channel: SyncChannel, context: SyncContext) {
    this.#channel = channel;
    this.#context = context;
  }

  async sync(): Promise<DialledSync> {
    const { source, index, network } = this.#context;
    const snapshot = index.snapshot(await source.heads());
    const differences = await reconcile(snapshot, async (ranges) => {
      const holds = await this.#heldOfPeer();
      const answer = await this.#request({ kind: "compare", network, holds, ...ranges });
      if (answer.kind !== "differ") throw unexpected("differ", answer);
      this.#peerHolds = answer.holds;
      return answer;
    });
    const leftToOthers = await this.#pull(differences);
    const left = await this.#give(differences);
    await this.#channel.send({ kind: "done", holds: await this.#heldOfPeer(), left });
    const own = (await source.heads()).get(this.#context.own) ?? 0;
    return {
      leftToOthers,
      report: {
        received: this.#received,
        sent: this.#sent,
        refused: this.#refused,
        peerHolds: Math.min(this.#peerHolds, own),
      },
    };
  }

  /** Gets what is missing, batch by batch; the next one is under way while one is taken in. */
  async #pull(differences: Differences): Promise<number> {
    const missing: Missing = new Map();
    const closed = new Set<NodeId>();
    for (const [author, { ours, theirs }] of differences) {
      if (theirs > ours) missing.set(author, { next: ours, to: theirs });
    }
    let wanted = this.#claimBatch(missing);
    if (wanted.length > 0) await this.#send({ kind: "want", ranges: wanted });
    while (wanted.length > 0) {
      const segments = requireAsked(await this.#receiveMessages(), wanted);
      for (const [author, from, envelopes] of segments) {
        const cursor = missing.get(author);
        if (cursor !== undefined) cursor.next = from + envelopes.length;
      }
      const next = this.#claimBatch(missing);
      if (next.length > 0) await this.#send({ kind: "want", ranges: next });
      await this.#takeIn(
        segments.filter(([author]) => !closed.has(author)),
        missing,
        closed,
      );
      if (this.#received > LIMITS.logSyncReceivedMessages) {
        throw ignore("sync-too-long", "The rest is for the next sync", `${LIMITS.logSyncReceivedMessages}`);
      }
      wanted = next;
    }
    return missing.size;
  }

  /** The next ranges to ask for, of logs that no other sync is bringing. Forgets those that are done. */
  #claimBatch(missing: Missing): LogRange[] {
    const { claims } = this.#context;
    const free: LogRange[] = [];
    let messages = 0;
    for (const [author, { next, to }] of missing) {
      if (next >= to) {
        missing.delete(author);
        claims.release(author, this);
      } else if (messages < LIMITS.logSyncBatchMessages && claims.take(author, this)) {
        free.push([author, next, to]);
        messages += to - next;
      }
    }
    return oneBatch(free);
  }

  async #takeIn(segments: readonly LogSegment[], missing: Missing, closed: Set<NodeId>): Promise<void> {
    const { received, refused } = await ingestSegments(segments, this.#context);
    this.#received += received;
    for (const [author, error] of refused) {
      this.#refused.push(error);
      closed.add(author);
      missing.delete(author);
      this.#context.claims.release(author, this);
    }
  }

  async #receiveMessages(): Promise<readonly LogSegment[]> {
    const frame = await this.#channel.receive();
    if (frame.kind !== "messages") throw unexpected("messages", frame);
    return frame.segments;
  }

  /** Gives what is missing there, up to a limit. How many messages are left. */
  async #give(differences: Differences): Promise<number> {
    const lacking = new Map<NodeId, LogRange>();
    for (const [author, { ours, theirs }] of differences) {
      if (ours > theirs) lacking.set(author, [author, theirs, ours]);
    }
    while (lacking.size > 0 && this.#sent < LIMITS.logSyncGivenMessages) {
      const segments = await fillBatch(this.#context.source, oneBatch(lacking.values()));
      if (segments.length === 0) break;
      const answer = await this.#request({ kind: "give", segments });
      if (answer.kind !== "taken") throw unexpected("taken", answer);
      this.#peerHolds = answer.holds;
      this.#sent += countOfMessages(segments);
      const taken = new Map(answer.counts);
      for (const [author, from, envelopes] of segments) {
        const end = from + envelopes.length;
        const ours = lacking.get(author)?.[2] ?? 0;
        // A peer that refuses a message gets no more of its author's log.
        if (end >= ours || (taken.get(author) ?? 0) < end) lacking.delete(author);
        else lacking.set(author, [author, end, ours]);
      }
    }
    return [...lacking.values()].reduce((sum, [, from, to]) => sum + to - from, 0);
  }

  async #request(request: SyncRequest): Promise<SyncAnswer> {
    await this.#send(request);
    const answer = await this.#channel.receive();
    switch (answer.kind) {
      case "differ":
      case "messages":
      case "taken":
      case "found":
        return answer;
      default:
        throw unexpected("an answer", answer);
    }
  }

  async #send(request: SyncRequest): Promise<void> {
    this.#requests++;
    if (this.#requests >= LIMITS.logSyncRequests) {
      throw ignore("sync-too-long", "The rest is for the next sync", `${LIMITS.logSyncRequests} requests`);
    }
    await this.#channel.send(request);
  }

  async #heldOfPeer(): Promise<number> {
    const { source, peer } = this.#context;
    return (await source.heads()).get(peer) ?? 0;
  }
}

/** A peer may send less than was asked, never nothing, something else, or one author twice: each would go on for ever. */
function requireAsked(segments: readonly LogSegment[], wanted: readonly LogRange[]): readonly LogSegment[] {
  const open = new Map(wanted.map(([author, from, to]) => [author, { from, to }]));
  const [first] = wanted;
  if (first !== undefined && segments[0]?.[0] !== first[0]) {
    throw reject(
      "items-not-delivered",
      "A peer named messages and did not deliver them",
      `messages ${first[1]} to ${first[2]} of ${first[0]}`,
      segments.length === 0 ? "none" : "others",
    );
  }
  for (const [author, from, envelopes] of segments) {
    const range = open.get(author);
    open.delete(author);
    if (range?.from === from && envelopes.length > 0 && from + envelopes.length <= range.to) continue;
    const asked = range === undefined ? "no such author" : `${range.from} to ${range.to}`;
    const sent = `${envelopes.length} from ${from}`;
    throw reject("unasked-messages", "Messages that were not asked for", asked, sent);
  }
  return segments;
}
