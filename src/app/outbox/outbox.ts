import { describeError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Kind } from "../../core/messages/kinds.ts";
import type { Message } from "../../core/messages/message.ts";
import { brokenRule, withChanges } from "../../core/parameters.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { State } from "../../core/state.ts";
import type { BackgroundDelivery } from "../../ports/background-delivery.ts";
import type { StoredOutboxEntry } from "../../ports/store.ts";
import { KeyedMutex } from "../mutex.ts";
import type { NodeDependencies } from "../node/dependencies.ts";
import type { Adoption } from "../node/ledger.ts";
import type { NodeRunner } from "../node/node-runner.ts";
import { Subject } from "../observable.ts";
import type { OutboxService } from "../parley.ts";

/** These two are the certificate itself: whether they served stands in each epoch. */
const UNTRACKED: readonly Kind[] = ["message-set", "epoch-vote"];
/** Epochs and own messages looked through at the start for what happened while this outbox was not there. */
const LISTED_EPOCHS = 50;
const LOOKED_THROUGH = 200;

type Outcome = Pick<StoredOutboxEntry, "state"> & Partial<Pick<StoredOutboxEntry, "detail">>;
type OutboxDependencies = Pick<NodeDependencies, "store" | "clock" | "logSync" | "identity">;

/** What became of everything that this node signed: waiting, delivered and to whom, counted, or refused and why. */
export class Outbox implements OutboxService {
  readonly entries = new Subject<readonly StoredOutboxEntry[]>([]);
  readonly #dependencies: OutboxDependencies;
  readonly #node: NodeRunner;
  readonly #background: BackgroundDelivery | undefined;
  readonly #mutex = new KeyedMutex();
  #stopped = false;

  constructor(dependencies: OutboxDependencies, node: NodeRunner, background?: BackgroundDelivery) {
    this.#dependencies = dependencies;
    this.#node = node;
    this.#background = background;
  }

  async start(): Promise<void> {
    const { store, logSync } = this.#dependencies;
    this.entries.set(await store.listOutbox());
    this.#node.log.onStored((message, own) => {
      if (own) this.#run(() => this.#add(message));
    });
    this.#node.log.onSent((cid, peers) => {
      if (peers > 0) this.#run(() => this.#change(cid, delivered(`sent to ${peers} peers`)));
    });
    logSync.onSynced((peer, { peerHolds }) => this.#run(() => this.#confirm(peer, peerHolds)));
    this.#node.ledger.onAdopted((adoption) => this.#run(() => this.#settle(adoption)));
    await this.#mutex.run("outbox", async () => {
      await this.#addForgotten();
      await this.#takeOutcomes();
      await this.#settleMissed();
      await this.#handOver();
    });
  }

  /** Tries again now: everything that waits goes to every peer in reach. */
  async deliver(): Promise<void> {
    await this.#dependencies.logSync.syncWithAll();
    await this.#mutex.run("outbox", () => this.#takeOutcomes());
  }

  /** Takes note of nothing more; resolves when what it noted is kept. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#mutex.run("outbox", async () => undefined);
  }

  #run(task: () => Promise<void>): void {
    if (this.#stopped) return;
    // The database was closed under us, or is full: the entries are written anew at the next start.
    void this.#mutex
      .run("outbox", async () => {
        await task();
        await this.#handOver();
      })
      .catch(() => undefined);
  }

  async #add({ cid, kind }: Message): Promise<void> {
    if (UNTRACKED.includes(kind) || this.#entry(cid) !== undefined) return;
    await this.#put({ cid, kind, createdAtMs: this.#dependencies.clock.nowMs(), state: "waiting" });
    await this.#forgetOldest();
  }

  /** The page may have gone away between signing and noting: the log is the truth. */
  async #addForgotten(): Promise<void> {
    const { store, identity } = this.#dependencies;
    const count = (await store.logHeads()).get(identity.nodeId) ?? 0;
    const newest = await store.messagesOfAuthor(identity.nodeId, Math.max(0, count - LOOKED_THROUGH), count);
    const { epoch } = this.#node.ledger.head.value.state;
    for (const stored of newest) {
      // What an epoch has settled without this outbox stays unlisted.
      if (stored.epoch !== -1 && stored.epoch <= epoch) continue;
      const message = await this.#node.log.load(stored.cid);
      if (message !== undefined) await this.#add(message);
    }
  }

  /** A peer said how many messages of this node's log it holds. */
  async #confirm(peer: NodeId, peerHolds: number): Promise<void> {
    for (const { cid, state, confirmedBy = [] } of this.entries.value) {
      const message = isFinal(state) ? undefined : await this.#node.log.load(cid);
      if (message === undefined || message.envelope.sequence >= peerHolds) continue;
      const isNew = !confirmedBy.includes(peer) && confirmedBy.length < LIMITS.outboxConfirmations;
      await this.#change(cid, (before) => ({
        ...(delivered("a peer has it")(before) ?? { state: before.state }),
        ...(isNew ? { confirmedBy: [...confirmedBy, peer] } : {}),
      }));
    }
  }

  /** What became of the messages in the outbox: counted by this epoch, or refused and why. */
  async #settle({ members, result }: Adoption): Promise<void> {
    const refused = new Map(result.refused.map(({ cid, error }) => [cid, error]));
    for (const { cid } of this.entries.value) {
      if (!members.has(cid)) continue;
      const error = refused.get(cid);
      await this.#change(cid, () =>
        error === undefined ? { state: "counted" } : { state: "refused", detail: describeError(error) },
      );
    }
    await this.#refuseLate(result.state);
  }

  /** When the page went away between an epoch's adoption and this outbox's update. */
  async #settleMissed(): Promise<void> {
    const unsettled = this.entries.value.filter(({ state }) => !isFinal(state));
    if (unsettled.length === 0) return;
    const certified = new Set<Cid>();
    for (const { messageSetCid } of await this.#dependencies.store.listEpochs(LISTED_EPOCHS)) {
      const set = await this.#node.log.load(messageSetCid);
      if (set?.kind !== "message-set") continue;
      for (const cid of set.envelope.body.messages) certified.add(cid);
    }
    for (const { cid } of unsettled) {
      if (certified.has(cid)) await this.#change(cid, () => ({ state: "counted" }));
    }
    await this.#refuseLate(this.#node.ledger.head.value.state);
  }

  async #refuseLate(state: State): Promise<void> {
    for (const entry of this.entries.value) {
      if (isFinal(entry.state)) continue;
      const message = await this.#node.log.load(entry.cid);
      const detail = message && lateness(message, state);
      if (detail !== undefined) await this.#change(entry.cid, () => ({ state: "refused", detail }));
    }
  }

  /** What was delivered while no tab was open. */
  async #takeOutcomes(): Promise<void> {
    for (const { cid, by, error } of (await this.#background?.outcomes()) ?? []) {
      const confirmedBy = this.#entry(cid)?.confirmedBy ?? [];
      await this.#change(cid, (before) => {
        const { state } = before;
        if (error !== undefined) return { state, detail: `A mailbox refused it: ${describeError(error)}` };
        const isNew = by !== undefined && !confirmedBy.includes(by);
        return {
          ...(delivered("a mailbox has it")(before) ?? { state }),
          ...(isNew ? { confirmedBy: [...confirmedBy, by].slice(0, LIMITS.outboxConfirmations) } : {}),
        };
      });
    }
  }

  /** What nobody has yet may go out while no tab is open. */
  async #handOver(): Promise<void> {
    if (this.#background === undefined) return;
    const waiting = this.entries.value.filter(({ state }) => state === "waiting");
    const messages = await Promise.all(waiting.map(({ cid }) => this.#node.log.load(cid)));
    await this.#background.handOver(
      messages
        .filter((message) => message !== undefined)
        .sort((a, b) => a.envelope.sequence - b.envelope.sequence)
        .map(({ cid, bytes }) => ({ cid, bytes })),
    );
  }

  async #forgetOldest(): Promise<void> {
    const final = this.entries.value.filter(({ state }) => isFinal(state));
    for (const { cid } of final.slice(0, Math.max(0, final.length - LIMITS.outboxSettledEntries))) {
      await this.#dependencies.store.deleteOutbox(cid);
      this.entries.update((entries) => entries.filter((entry) => entry.cid !== cid));
    }
  }

  #entry(cid: Cid): StoredOutboxEntry | undefined {
    return this.entries.value.find((entry) => entry.cid === cid);
  }

  async #change(
    cid: Cid,
    change: (
      before: StoredOutboxEntry,
    ) => (Outcome & Partial<Pick<StoredOutboxEntry, "confirmedBy">>) | undefined,
  ): Promise<void> {
    const entry = this.#entry(cid);
    const changed = entry && change(entry);
    if (!entry || !changed) return;
    // What was said of a state ends with it.
    const { detail, ...kept } = entry;
    const stays = changed.state === entry.state && detail !== undefined;
    await this.#put({ ...kept, ...(stays && { detail }), ...changed });
  }

  async #put(entry: StoredOutboxEntry): Promise<void> {
    await this.#dependencies.store.putOutbox(entry);
    const isNew = this.#entry(entry.cid) === undefined;
    // In its place: of two that were signed in one moment neither jumps behind the other because its state changed.
    this.entries.update((entries) =>
      isNew
        ? [...entries, entry].sort((a, b) => a.createdAtMs - b.createdAtMs)
        : entries.map((other) => (other.cid === entry.cid ? entry : other)),
    );
  }
}

/** Why a message that no epoch has taken in can no longer count; undefined while it can. */
function lateness(message: Message, state: State): string | undefined {
  const { body } = message.envelope;
  if (message.kind === "proposal" && !state.proposals.has(message.cid)) {
    const { changes } = message.envelope.body;
    const broken = changes && brokenRule(withChanges(state.parameters, changes));
    return broken ? describeError(broken) : undefined;
  }
  if (message.kind === "ballot") {
    const proposal = state.proposals.get(message.envelope.body.proposal);
    return proposal === undefined || proposal.status === "open"
      ? undefined
      : "It arrived after voting had closed.";
  }
  if (!("epoch" in body) || body.epoch > state.epoch) return undefined;
  return `Epoch ${body.epoch} closed without it.`;
}

function isFinal(state: StoredOutboxEntry["state"]): boolean {
  return state === "counted" || state === "refused";
}

/** Only what waits is news when it is delivered: an epoch may have counted it meanwhile. */
function delivered(detail: string) {
  return ({ state }: StoredOutboxEntry): Outcome | undefined =>
    state === "waiting" ? { state: "delivered", detail } : undefined;
}
