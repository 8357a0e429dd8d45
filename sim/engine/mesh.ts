import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import type { ErrorData } from "../../src/core/errors.ts";
import { topicClassOf } from "../../src/core/messages/topics.ts";
import type { Cid, Hash, NodeId } from "../../src/core/primitives.ts";
import { Dice } from "./dice.ts";
import { drawLinks, type Link } from "./links.ts";
import type { Packet } from "./packet.ts";
import type { EventQueue } from "./queue.ts";
import type { SharedWork } from "./shared-work.ts";

/** A node's logs, where they can be read at once. */
export interface Shelf {
  /** Indexes of authors are below this. */
  readonly authors: number;
  count(author: number): number;
  chain(author: number, from: number, to: number): readonly Packet[];
  /** In a log, or beside the logs. */
  holds(packet: Packet): boolean;
}

/** A node as the network sees it. */
export interface Station {
  readonly nodeId: NodeId;
  readonly log?: Shelf;
  /** Votes that it holds on a state. */
  votesOn?(root: Hash): readonly Packet[];
  /** A packet that it has not been handed before. True passes it on at once; a node may also `forward` it later. */
  receive(packet: Packet, from: number): boolean;
}

/** What becomes of sends, for those who watch. */
export interface Flight {
  readonly packet: Packet;
  readonly from: number;
  readonly to: number;
  readonly sentAtMs: number;
  readonly arrivesAtMs: number;
  readonly lost: boolean;
}

export interface MeshOptions {
  readonly queue: EventQueue;
  readonly work: SharedWork;
  readonly seed: string;
  /** One station an index; filled in by the caller as nodes come up. */
  readonly nodeIds: readonly NodeId[];
}

/** How rough the network is now; all zeros is a good one. */
export interface Roughness {
  readonly lossPpm: number;
  readonly duplicatePpm: number;
  readonly reorderMs: number;
}

const SMOOTH: Roughness = { lossPpm: 0, duplicatePpm: 0, reorderMs: 0 };
/** Sends of one link differ by up to this. */
const JITTER_MS = 6;
/** By then a packet has gone round, or is brought by log sync. */
const ARRIVALS_KEPT_MS = 30_000;

/**
 * Gossip by flooding over a mesh of bounded degree: what a node accepted it passes on to its neighbours. A copy that
 * would arrive after a faster one is counted and not carried: the receiver would drop it unread.
 */
export class Mesh {
  readonly queue: EventQueue;
  readonly nodeIds: readonly NodeId[];
  readonly packets: Packet[] = [];
  delivered = 0;
  lost = 0;
  duplicates = 0;
  readonly refused = new Map<string, number>();
  onFlight: ((flight: Flight) => void) | undefined;
  readonly #work: SharedWork;
  readonly #dice: Dice;
  readonly #links: readonly (readonly Link[])[];
  readonly #stations: (Station | undefined)[];
  readonly #indexes: Map<NodeId, number>;
  readonly #byCid = new Map<string, Packet>();
  readonly #messages = new Map<Cid, Packet>();
  /** Places in logs, to see who says two things at once. */
  readonly #slots = new Map<number, Set<number>>();
  readonly #forked = new Set<number>();
  readonly #online: Uint8Array;
  readonly #groups: Int32Array;
  readonly #slowMs: Float64Array;
  readonly #deaf = new Set<number>();
  readonly #changeListeners = new Set<() => void>();
  #rough = SMOOTH;
  #swept = 0;
  #isQuiet = false;

  constructor({ queue, work, seed, nodeIds }: MeshOptions) {
    this.queue = queue;
    this.nodeIds = nodeIds;
    this.#work = work;
    this.#dice = new Dice(`mesh ${seed}`);
    this.#links = drawLinks(nodeIds.length, new Dice(`links ${seed}`));
    this.#stations = nodeIds.map(() => undefined);
    this.#indexes = new Map(nodeIds.map((nodeId, index) => [nodeId, index]));
    this.#online = new Uint8Array(nodeIds.length);
    this.#groups = new Int32Array(nodeIds.length);
    this.#slowMs = new Float64Array(nodeIds.length);
  }

  /** Index of a node or of an author without a node; those come after all nodes. */
  indexOf(nodeId: NodeId): number {
    const known = this.#indexes.get(nodeId);
    if (known !== undefined) return known;
    const index = this.#indexes.size;
    this.#indexes.set(nodeId, index);
    return index;
  }

  /** The node comes up, again perhaps; undefined takes it off. */
  attach(index: number, station: Station | undefined): void {
    this.#stations[index] = station;
    this.#online[index] = station === undefined ? 0 : 1;
    this.changed();
  }

  /** Many nodes come up at once: told to those who watch when all have. */
  together(changes: () => void): void {
    this.#isQuiet = true;
    changes();
    this.#isQuiet = false;
    this.changed();
  }

  shelfOf(index: number): Shelf | undefined {
    return this.#stations[index]?.log;
  }

  votesOn(index: number, root: Hash): readonly Packet[] {
    return this.#stations[index]?.votesOn?.(root) ?? [];
  }

  setOnline(index: number, online: boolean): void {
    this.#online[index] = online && this.#stations[index] !== undefined ? 1 : 0;
    this.changed();
  }

  isOnline(index: number): boolean {
    return this.#online[index] === 1;
  }

  groupOf(index: number): number {
    return this.#groups[index] ?? 0;
  }

  /** Nodes of different groups do not reach each other; those not named form one more group. None heals. */
  partition(groups: readonly (readonly number[])[]): void {
    this.#groups.fill(0);
    groups.forEach((group, at) => {
      for (const index of group) this.#groups[index] = at + 1;
    });
    this.changed();
  }

  setDeaf(from: number, to: number, deaf: boolean): void {
    const key = from * this.nodeIds.length + to;
    if (deaf) this.#deaf.add(key);
    else this.#deaf.delete(key);
    this.changed();
  }

  setRough(rough: Roughness | undefined): void {
    this.#rough = rough ?? SMOOTH;
  }

  setSlow(index: number, delayMs: number): void {
    this.#slowMs[index] = delayMs;
  }

  /** Neighbours with whom a stream can be opened: both directions work. */
  neighbours(of: number): readonly number[] {
    return (this.#links[of] ?? []).map(({ to }) => to).filter((to) => this.linked(of, to));
  }

  linked(a: number, b: number): boolean {
    return this.#passes(a, b) && this.#passes(b, a);
  }

  /** Time from one node to another that is perhaps no neighbour, for blocks and streams. */
  roundTripMs(a: number, b: number): number {
    return 2 * (40 + (this.#slowMs[a] ?? 0) + (this.#slowMs[b] ?? 0));
  }

  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  changed(): void {
    if (this.#isQuiet) return;
    for (const listener of [...this.#changeListeners]) listener();
  }

  /** The packet of these bytes on this topic: a class of kinds. */
  packetOf(topic: string, bytes: Uint8Array): Packet {
    const cid = cidOf(bytes);
    return this.#byCid.get(`${topic} ${cid}`) ?? this.#newPacket(topic, cid, bytes);
  }

  /** The packet of a message by its CID. */
  messagePacket(cid: Cid): Packet | undefined {
    return this.#messages.get(cid);
  }

  /** Whether two messages of this author with one sequence number have been seen anywhere. */
  isForked(author: number): boolean {
    return this.#forked.has(author);
  }

  /** What a node says itself: to all neighbours, or to some. Gives how many it was sent to. */
  publish(packet: Packet, from: number, to?: readonly number[]): number {
    packet.seen[from] = 1;
    return this.#sendAll(packet, from, -1, to);
  }

  /** Passes on what the node has accepted. */
  forward(packet: Packet, from: number, heardFrom: number): void {
    this.#sendAll(packet, from, heardFrom, undefined);
  }

  refuse(error: ErrorData): void {
    this.refused.set(error.code, (this.refused.get(error.code) ?? 0) + 1);
  }

  refusedCount(): number {
    let count = 0;
    for (const some of this.refused.values()) count += some;
    return count;
  }

  /** What the queue calls when a copy arrives. */
  readonly arrive = (packetIndex: number, from: number, to: number): void => {
    const packet = this.packets[packetIndex];
    const station = this.#stations[to];
    if (packet === undefined || packet.seen[to] === 1) return;
    if (packet.arrivals !== undefined) packet.arrivals[to] = 0;
    if (station === undefined || !this.#passes(from, to)) {
      this.lost++;
      return;
    }
    packet.seen[to] = 1;
    this.delivered++;
    if (station.receive(packet, from)) this.#sendAll(packet, to, from, undefined);
  };

  #newPacket(topic: string, cid: Cid, bytes: Uint8Array): Packet {
    const { message, refusal } = this.#work.judge(bytes, cid);
    const packet: Packet = {
      index: this.packets.length,
      topic,
      cid,
      bytes,
      message: message !== undefined && topicClassOf(message.kind) === topic ? message : undefined,
      refusal,
      author: message === undefined ? -1 : this.indexOf(message.envelope.author),
      sequence: message?.envelope.sequence ?? -1,
      seen: new Uint8Array(this.nodeIds.length),
      arrivals: undefined,
      firstSentAtMs: this.queue.nowMs(),
    };
    this.packets.push(packet);
    this.#byCid.set(`${topic} ${cid}`, packet);
    if (packet.message !== undefined) this.#index(packet);
    this.#sweep();
    return packet;
  }

  #index(packet: Packet): void {
    this.#messages.set(packet.cid, packet);
    const slots = this.#slots.get(packet.author) ?? new Set<number>();
    this.#slots.set(packet.author, slots);
    if (slots.has(packet.sequence)) this.#forked.add(packet.author);
    slots.add(packet.sequence);
  }

  /** Packets are in the order of their time: those that have gone round are a prefix that only grows. */
  #sweep(): void {
    const beforeMs = this.queue.nowMs() - ARRIVALS_KEPT_MS;
    for (let old = this.packets[this.#swept]; old !== undefined; old = this.packets[this.#swept]) {
      if (old.firstSentAtMs >= beforeMs) return;
      old.arrivals = undefined;
      this.#swept++;
    }
  }

  #sendAll(packet: Packet, from: number, heardFrom: number, only: readonly number[] | undefined): number {
    let sent = 0;
    for (const link of this.#links[from] ?? []) {
      if (link.to === heardFrom || (only !== undefined && !only.includes(link.to))) continue;
      if (!this.#canSend(from, link.to)) continue;
      sent++;
      this.#send(packet, from, link);
    }
    return sent;
  }

  #send(packet: Packet, from: number, link: Link): void {
    const { to, delayMs } = link;
    if (packet.seen[to] === 1) {
      this.duplicates++;
      return;
    }
    const nowMs = this.queue.nowMs();
    packet.arrivals ??= new Float64Array(this.nodeIds.length);
    const faster = packet.arrivals[to] ?? 0;
    if (faster > 0 && faster <= nowMs + delayMs) {
      this.duplicates++;
      return;
    }
    const { lossPpm, duplicatePpm, reorderMs } = this.#rough;
    const slowMs = (this.#slowMs[from] ?? 0) + (this.#slowMs[to] ?? 0);
    const heldMs = reorderMs > 0 ? this.#dice.below(reorderMs) : 0;
    const soonestMs = nowMs + delayMs + slowMs + this.#dice.below(JITTER_MS);
    const atMs = Math.max(soonestMs, link.lastAtMs) + heldMs;
    const lost = (lossPpm > 0 && this.#dice.chance(lossPpm)) || this.#isDeaf(from, to);
    if (lost) {
      this.onFlight?.({ packet, from, to, sentAtMs: nowMs, arrivesAtMs: atMs, lost });
      this.lost++;
      return;
    }
    if (duplicatePpm > 0 && this.#dice.chance(duplicatePpm)) {
      this.queue.deliver(atMs + this.#dice.below(1_000), packet.index, from, to);
    }
    if (faster > 0 && faster <= atMs) {
      this.duplicates++;
      return;
    }
    this.onFlight?.({ packet, from, to, sentAtMs: nowMs, arrivesAtMs: atMs, lost });
    packet.arrivals[to] = atMs;
    link.lastAtMs = Math.max(soonestMs, link.lastAtMs);
    this.queue.deliver(atMs, packet.index, from, to);
  }

  #canSend(from: number, to: number): boolean {
    return this.#online[from] === 1 && this.#online[to] === 1 && this.#groups[from] === this.#groups[to];
  }

  #isDeaf(from: number, to: number): boolean {
    return this.#deaf.size > 0 && this.#deaf.has(from * this.nodeIds.length + to);
  }

  #passes(from: number, to: number): boolean {
    return from !== to && this.#canSend(from, to) && !this.#isDeaf(from, to);
  }
}
