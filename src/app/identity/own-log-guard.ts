/**
 * Two devices with one identity would sign two messages for one place of its log, which is punished. So a device that got its
 * identity from elsewhere (a phrase, a file) writes nothing until it knows its own log, network by network.
 *
 * The rule. After an import a network is settled again when all of this holds:
 * 1. the log is held up to every place that is known to exist: where the imported file says that it ended, and every message
 *    of its own that came by;
 * 2. LIMITS.recoveryPeers different peers have compared logs with this node since the import: what any of them held is held
 *    here now;
 * 3. for LIMITS.recoveryQuietMs nothing of its own that is new has come;
 * 4. none of its own that came was signed after the import: else another device still writes.
 * A file that was exported by moving ("this device writes no more") says where the log ends for good: with it 1 suffices.
 * A person may say instead of 2 to 4 that no other device has this identity and that nobody holds more (first use of a
 * network, too few peers); 1 stays.
 * Peers that all hide the same messages could still deceive it; so could another copy that wakes up later. Against that:
 * whenever a message of its own turns up that it did not write, it stops and begins this anew.
 */

import { equalBytes } from "../../core/bytes.ts";
import { decodeBlock, encodeBlock, type Schema } from "../../core/codec/block.ts";
import { bytes, cid, count, timestampMs } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import type { Identity } from "../../core/identity.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "../../ports/store.ts";
import { Subject } from "../observable.ts";

/** Where a log of one network ended: how many messages, and the last one. */
export interface KnownHead {
  readonly network: Cid;
  readonly count: number;
  readonly last: Cid | null;
}

/** How this profile came to an identity that others may have used; one a node id. */
export interface ImportRecord {
  /** Tells one import from the next. */
  readonly importId: Uint8Array;
  readonly atMs: number;
  readonly heads: readonly KnownHead[];
  /** The device that exported it promised to write no more. */
  readonly isFinal: boolean;
  /** This profile is the one that promised. */
  readonly isMovedAway: boolean;
}

const IMPORT_ID_BYTES = 16;
const RECORD_BYTES = 64 * 1024;
const SETTLED_KEY = `${NETWORK_VALUE_PREFIX}own-log-settled`;

const schema: Schema<ImportRecord & { readonly version: 1 }> = z.strictObject({
  version: z.literal(1),
  importId: bytes(IMPORT_ID_BYTES, IMPORT_ID_BYTES),
  atMs: timestampMs,
  heads: z
    .array(z.strictObject({ network: cid, count, last: z.nullable(cid) }))
    .max(LIMITS.profileNetworks)
    .readonly(),
  isFinal: z.boolean(),
  isMovedAway: z.boolean(),
});

const keyOf = (nodeId: NodeId): string => `identity-import/${nodeId}`;

/** Before the identity itself is put in place: a crash in between must leave the guard up. */
export async function keepImport(
  store: Store,
  random: Random,
  nodeId: NodeId,
  record: Omit<ImportRecord, "importId">,
): Promise<ImportRecord> {
  const kept = { importId: random.bytes(IMPORT_ID_BYTES), ...record };
  await store.setValue(keyOf(nodeId), encodeBlock(schema, "import record", { version: 1, ...kept }));
  return kept;
}

/** Where the log of `nodeId` ends here. */
export async function knownHead(store: Store, network: Cid, nodeId: NodeId): Promise<KnownHead> {
  const count = (await store.logHeads()).get(nodeId) ?? 0;
  const [last] = await store.messagesOfAuthor(nodeId, Math.max(0, count - 1), count);
  return { network, count, last: last?.cid ?? null };
}

async function readImport(store: Store, nodeId: NodeId): Promise<ImportRecord | undefined> {
  const kept = await store.getValue(keyOf(nodeId));
  return kept && decodeBlock(schema, "import record", kept, RECORD_BYTES);
}

export type OwnLogState =
  | { readonly state: "settled" }
  /** The identity was moved to another device. */
  | { readonly state: "moved-away" }
  | {
      readonly state: "recovering";
      /** Messages held, and that there must be at least. */
      readonly held: number;
      readonly known: number;
      readonly peersCompared: number;
      readonly peersNeeded: number;
      /** A message came that was signed after the import. */
      readonly isWrittenElsewhere: boolean;
      /** What is held is not what the imported file says: the log has two branches, and no way on. */
      readonly isForked: boolean;
    };

export interface GuardDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Identity;
  readonly networkCid: Cid;
}

export class OwnLogGuard {
  readonly state = new Subject<OwnLogState>({ state: "settled" });
  readonly #dependencies: GuardDependencies;
  readonly #compared = new Set<NodeId>();
  readonly #started: Promise<void>;
  #begin: () => void = () => undefined;
  #record: ImportRecord | undefined;
  #known = 0;
  #lastNewMs = 0;
  #isWrittenElsewhere = false;
  #cancelTimer: (() => void) | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(dependencies: GuardDependencies) {
    this.#dependencies = dependencies;
    this.#started = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  /** Reads how things stand. Nothing is written before. */
  async start(): Promise<void> {
    const { store, identity } = this.#dependencies;
    const record = await readImport(store, identity.nodeId);
    const settled = await store.getValue(SETTLED_KEY);
    if (record?.isMovedAway) this.state.set({ state: "moved-away" });
    else if (record !== undefined && !(settled && equalBytes(settled, record.importId)))
      await this.#recover(record);
    this.#begin();
  }

  stop(): void {
    this.#cancelTimer?.();
  }

  /** Errors: log-recovering, identity-moved. */
  async requireSettled(): Promise<void> {
    await this.#started;
    const { state } = this.state.value;
    if (state === "moved-away") {
      throw failure("identity-moved", "This identity was moved to another device, which writes for it now");
    }
    if (state === "recovering") {
      throw failure("log-recovering", "This node waits to learn its own log before it signs anything");
    }
  }

  /** A message of this identity came from outside that was not held. */
  cameFromOutside({ envelope }: Message): void {
    const { clock } = this.#dependencies;
    this.#known = Math.max(this.#known, envelope.sequence + 1);
    this.#lastNewMs = clock.nowMs();
    if (this.state.value.state === "settled") {
      // At once: nothing of this node's may slip in after it.
      this.#isWrittenElsewhere = true;
      this.state.set({ ...NOTHING_KNOWN, isWrittenElsewhere: true });
      this.#run(() => this.#beginAnew());
      return;
    }
    if (this.#record !== undefined && envelope.timestampMs > this.#record.atMs) {
      this.#isWrittenElsewhere = true;
    }
    this.#run(() => this.#evaluate());
  }

  /** A sync with this peer went to its end. */
  compared(peer: NodeId): void {
    if (this.#record === undefined) return;
    if (this.#compared.size < LIMITS.recoveryPeers) this.#compared.add(peer);
    this.#run(() => this.#evaluate());
  }

  /** This device writes no more from now on. Only while nothing of its own is being written (MessageLog.whileStill). */
  async moveAway(): Promise<void> {
    const { store, random, clock, identity } = this.#dependencies;
    await this.requireSettled();
    const record = { atMs: clock.nowMs(), heads: [], isFinal: false, isMovedAway: true };
    await keepImport(store, random, identity.nodeId, record);
    this.state.set({ state: "moved-away" });
  }

  /**
   * The person says that no other device has this identity, and that nobody holds more of its log than this one.
   * Errors: log-known-longer, log-forked, identity-moved.
   */
  async confirmAlone(): Promise<void> {
    await this.#queue(async () => {
      const state = await this.#look();
      if (state.state === "moved-away") throw failure("identity-moved", "Take it back to this device first");
      if (state.state === "settled") return;
      if (state.isForked) throw failure("log-forked", "Another log of this identity exists already");
      if (state.held < state.known) {
        const [expected, received] = [`${state.known} messages`, `${state.held}`];
        throw failure(
          "log-known-longer",
          "This identity has written more than this device holds",
          expected,
          received,
        );
      }
      await this.#settle();
    });
  }

  #run(task: () => Promise<void>): void {
    // A database that fails now is asked again by the next message or peer.
    void this.#queue(task).catch(() => undefined);
  }

  #queue(task: () => Promise<void>): Promise<void> {
    const run = this.#work.then(task);
    this.#work = run.catch(() => undefined);
    return run;
  }

  /** Somebody else signs with this key: a copy of the profile, or the device that it was taken from. */
  async #beginAnew(): Promise<void> {
    const { store, random, clock, identity } = this.#dependencies;
    const record = { atMs: clock.nowMs(), heads: [], isFinal: false, isMovedAway: false };
    await this.#recover(await keepImport(store, random, identity.nodeId, record));
  }

  async #recover(record: ImportRecord): Promise<void> {
    const { networkCid } = this.#dependencies;
    this.#record = record;
    this.#known = Math.max(
      this.#known,
      record.heads.find(({ network }) => network === networkCid)?.count ?? 0,
    );
    this.state.set({ ...NOTHING_KNOWN, isWrittenElsewhere: this.#isWrittenElsewhere });
    await this.#evaluate();
  }

  async #evaluate(): Promise<void> {
    const { clock } = this.#dependencies;
    const state = await this.#look();
    this.state.set(state);
    if (state.state !== "recovering" || state.isForked || state.held < state.known) return;
    if (this.#finalHead() !== undefined) return this.#settle();
    if (state.isWrittenElsewhere || state.peersCompared < state.peersNeeded) return;
    const quietAtMs = this.#lastNewMs + LIMITS.recoveryQuietMs;
    if (clock.nowMs() >= quietAtMs) return this.#settle();
    this.#cancelTimer?.();
    this.#cancelTimer = clock.at(quietAtMs, () => this.#run(() => this.#evaluate()));
  }

  async #look(): Promise<OwnLogState> {
    const { store, identity } = this.#dependencies;
    const { state } = this.state.value;
    if (state !== "recovering") return this.state.value;
    const held = (await store.logHeads()).get(identity.nodeId) ?? 0;
    return {
      state,
      held,
      known: Math.max(held, this.#known),
      peersCompared: this.#compared.size,
      peersNeeded: LIMITS.recoveryPeers,
      isWrittenElsewhere: this.#isWrittenElsewhere,
      isForked: await this.#isForked(held),
    };
  }

  async #isForked(held: number): Promise<boolean> {
    const head = this.#head();
    if (head === undefined || head.last === null || head.count === 0 || held < head.count) return false;
    const { store, identity } = this.#dependencies;
    const [last] = await store.messagesOfAuthor(identity.nodeId, head.count - 1, head.count);
    return last?.cid !== head.last;
  }

  #head(): KnownHead | undefined {
    return this.#record?.heads.find(({ network }) => network === this.#dependencies.networkCid);
  }

  #finalHead(): KnownHead | undefined {
    return this.#record?.isFinal === true && !this.#isWrittenElsewhere ? this.#head() : undefined;
  }

  async #settle(): Promise<void> {
    if (this.#record === undefined) return;
    await this.#dependencies.store.setValue(SETTLED_KEY, this.#record.importId);
    this.#cancelTimer?.();
    this.#record = undefined;
    this.#compared.clear();
    this.#isWrittenElsewhere = false;
    this.state.set({ state: "settled" });
  }
}

const NOTHING_KNOWN = {
  state: "recovering",
  held: 0,
  known: 0,
  peersCompared: 0,
  peersNeeded: LIMITS.recoveryPeers,
  isWrittenElsewhere: false,
  isForked: false,
} as const;
