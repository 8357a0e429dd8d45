import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import type { ErrorData } from "../../../src/core/errors.ts";
import { topicClassOf } from "../../../src/core/messages/topics.ts";
import type { Cid, NodeId } from "../../../src/core/primitives.ts";
import type { LogHeads, LogSource } from "../../../src/ports/log-sync.ts";
import type { MemoryLogSync } from "../../adapters/network/log-sync.ts";
import type { Shelf } from "../../engine/mesh.ts";
import type { Packet } from "../../engine/packet.ts";
import type { NodeCondition } from "../node.ts";
import type { LightContext } from "./context.ts";

/** As the app: not more than one sync in this time. */
const PAUSE_MS = 2_000;

/** The node that syncs. */
interface Host extends LightContext {
  readonly condition: NodeCondition;
  /** Keeps a message and acts on it; false when it is refused. */
  take(packet: Packet): boolean;
}

/** Log sync of a light node: with light neighbours directly, message by message; with full ones over their port. */
export class LightSync implements LogSource {
  readonly #node: Host;
  #logSync: MemoryLogSync | undefined;
  #neighbours: ReadonlySet<number> = new Set();
  #isPlanned = false;
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
