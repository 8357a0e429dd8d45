import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import type { ErrorData } from "../../../src/core/errors.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import { topicClassOf } from "../../../src/core/messages/topics.ts";
import type { Cid, Hash, NodeId } from "../../../src/core/primitives.ts";
import type { LogHeads, LogSource } from "../../../src/ports/log-sync.ts";
import type { MemoryLogSync } from "../../adapters/network/log-sync.ts";
import type { Shelf } from "../../engine/mesh.ts";
import type { Packet } from "../../engine/packet.ts";
import type { NodeCondition } from "../node.ts";
import type { LightContext } from "./context.ts";

/** As the app: not more than one sync in this time. */
const PAUSE_MS = 2_000;

/** Looked for in vain: remembered, so that log sync has its turn before peers are asked by CID. */
const REMEMBERED = 10_000;

/** The node that syncs. */
interface Host extends LightContext {
  readonly condition: NodeCondition;
  /** Keeps a message and acts on it; false when it is refused. */
  take(packet: Packet): boolean;
  /** Votes that follow a state, also of one that it has left behind. */
  votesOn(root: Hash): readonly Packet[];
  /** Counts a vote that stands in no log held here. */
  countVote(packet: Packet): void;
}

/** Log sync of a light node: with light neighbours directly, message by message; with full ones over their port. */
export class LightSync implements LogSource {
  readonly #node: Host;
  #logSync: MemoryLogSync | undefined;
  #neighbours: ReadonlySet<number> = new Set();
  #isPlanned = false;
  /** When a message was first looked for in vain. */
  readonly #missedAtMs = new Map<Cid, number>();
  #nextAtMs = 0;
  #ends: (() => void)[] = [];

  constructor(node: Host) {
    this.#node = node;
  }

  start(): void {
    const { syncs, mesh } = this.#node.surroundings;
    const { logSync, end } = syncs.join(this.#node.plan.index, this.#node.clock, false);
    this.#logSync = logSync;
    void logSync.start(this);
    this.#neighbours = new Set();
    this.#ends = [end, mesh.onChange(() => this.#greetNew())];
    this.#greetNew();
  }

  end(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#logSync = undefined;
  }

  /** Syncs with all neighbours, soon, and not again right after. */
  askForMissing(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const { clock } = this.#node;
    clock.at(Math.max(clock.nowMs() + 1, this.#nextAtMs), () => {
      this.#isPlanned = false;
      this.#nextAtMs = clock.nowMs() + PAUSE_MS;
      this.#syncWithAll();
    });
  }

  /** As the app: votes that follow the head, from all neighbours. */
  fetchVotes(root: Hash): void {
    const { mesh } = this.#node.surroundings;
    const own = this.#node.plan.index;
    for (const index of mesh.neighbours(own)) {
      if (mesh.shelfOf(index) === undefined) continue;
      this.#node.later(mesh.roundTripMs(own, index), () => {
        if (!mesh.linked(own, index)) return;
        for (const vote of mesh.votesOn(index, root)) this.#node.countVote(vote);
      });
    }
    if (this.#logSync === undefined) return;
    this.#node.surroundings.stir();
    void this.#logSync.fetchVotes(root).then(
      (votes) => {
        for (const bytes of votes) this.#node.countVote(mesh.packetOf("epoch-vote", bytes));
      },
      () => undefined,
    );
  }

  /** As the app: what log sync did not bring is asked for by CID; `came` when something of it is held. */
  fetch(cids: readonly Cid[], came: () => void): void {
    const { clock } = this.#node;
    const nowMs = clock.nowMs();
    if (this.#missedAtMs.size > REMEMBERED) this.#missedAtMs.clear();
    const again = cids.filter((cid) => nowMs - (this.#missedAtMs.get(cid) ?? nowMs) >= PAUSE_MS);
    for (const cid of cids) if (!this.#missedAtMs.has(cid)) this.#missedAtMs.set(cid, nowMs);
    if (again.length === 0 || cids.length > LIMITS.fetchedMessages) return;
    for (const cid of again) this.#missedAtMs.set(cid, nowMs);
    const { mesh } = this.#node.surroundings;
    for (const index of mesh.neighbours(this.#node.plan.index)) this.#fetchSoon(index, again, came);
  }

  async heads(): Promise<LogHeads> {
    const { log } = this.#node;
    const heads = new Map<NodeId, number>();
    for (let author = 0; author < log.authors; author++) {
      const last = log.last(author)?.message;
      if (last !== undefined) heads.set(last.envelope.author, log.count(author));
    }
    return heads;
  }

  async read(author: NodeId, from: number, to: number): Promise<readonly Uint8Array[]> {
    const index = this.#node.surroundings.mesh.indexOf(author);
    return this.#node.log.chain(index, from, to).map(({ bytes }) => bytes);
  }

  async ingestAll(batch: readonly Uint8Array[]): Promise<readonly (ErrorData | undefined)[]> {
    return batch.map((bytes) => this.#ingest(bytes));
  }

  async find(cids: readonly Cid[]): Promise<readonly Uint8Array[]> {
    const { mesh } = this.#node.surroundings;
    return cids.flatMap((cid) => {
      const packet = mesh.messagePacket(cid);
      return packet !== undefined && this.#node.log.holds(packet) ? [packet.bytes] : [];
    });
  }

  async votesAfter(root: Hash): Promise<readonly Uint8Array[]> {
    return this.#node.votesOn(root).map(({ bytes }) => bytes);
  }

  #ingest(bytes: Uint8Array): ErrorData | undefined {
    const { mesh, work } = this.#node.surroundings;
    const { message, refusal } = work.judge(bytes, cidOf(bytes));
    if (message === undefined) return refusal;
    const packet = mesh.packetOf(topicClassOf(message.kind), bytes);
    if (this.#node.log.holds(packet)) return undefined;
    packet.seen[this.#node.plan.index] = 1;
    return this.#node.take(packet)
      ? undefined
      : { code: "log-fork", message: "Not taken", verdict: "IGNORE" };
  }

  /** A neighbour that was not there before may hold what this node lacks. */
  #greetNew(): void {
    if (this.#node.condition !== "awake") return;
    const now = new Set(this.#node.surroundings.mesh.neighbours(this.#node.plan.index));
    const fresh = [...now].filter((index) => !this.#neighbours.has(index));
    this.#neighbours = now;
    for (const index of fresh) this.#pullSoon(index);
  }

  #syncWithAll(): void {
    const { mesh } = this.#node.surroundings;
    for (const index of mesh.neighbours(this.#node.plan.index)) this.#pullSoon(index);
  }

  #pullSoon(index: number): void {
    const { mesh } = this.#node.surroundings;
    const shelf = mesh.shelfOf(index);
    const own = this.#node.plan.index;
    if (shelf !== undefined) {
      this.#node.later(mesh.roundTripMs(own, index), () => {
        if (mesh.linked(own, index)) this.#pull(shelf);
      });
    } else if (this.#logSync !== undefined) {
      this.#node.surroundings.stir();
      void this.#logSync.syncWithAll().catch(() => undefined);
    }
  }

  #fetchSoon(index: number, cids: readonly Cid[], came: () => void): void {
    const { mesh, work } = this.#node.surroundings;
    const own = this.#node.plan.index;
    const keep = (found: readonly Cid[]): void => {
      for (const cid of found) this.#node.log.keepBeside(cid);
      if (found.length > 0) came();
    };
    const shelf = mesh.shelfOf(index);
    if (shelf !== undefined) {
      this.#node.later(mesh.roundTripMs(own, index), () => {
        if (!mesh.linked(own, index)) return;
        const packets = cids.flatMap((cid) => mesh.messagePacket(cid) ?? []);
        keep(packets.filter((packet) => shelf.holds(packet)).map(({ cid }) => cid));
      });
      return;
    }
    this.#node.surroundings.stir();
    void this.#logSync?.fetch(cids).then(
      (found) => {
        const good = found.filter((bytes) => work.judge(bytes, cidOf(bytes)).message !== undefined);
        for (const bytes of good) mesh.packetOf(work.judge(bytes, cidOf(bytes)).message?.kind ?? "", bytes);
        keep(good.map((bytes) => cidOf(bytes)));
      },
      () => undefined,
    );
  }

  #pull(shelf: Shelf): void {
    const { log, plan } = this.#node;
    for (let author = 0; author < shelf.authors; author++) {
      const held = log.count(author);
      const count = shelf.count(author);
      if (count <= held) continue;
      for (const packet of shelf.chain(author, held, count)) {
        packet.seen[plan.index] = 1;
        if (!this.#node.take(packet)) break;
      }
    }
  }
}
