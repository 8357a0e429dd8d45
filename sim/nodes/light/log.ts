import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import { type ErrorData, ignore } from "../../../src/core/errors.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { Kind } from "../../../src/core/messages/kinds.ts";
import { verifyLogStep } from "../../../src/core/messages/log.ts";
import type { Cid } from "../../../src/core/primitives.ts";
import type { Mesh } from "../../engine/mesh.ts";
import type { Packet } from "../../engine/packet.ts";

export interface Arrival {
  readonly packet: Packet;
  /** By the node's own clock. */
  readonly atMs: number;
}

/** Key of what is about no epoch. */
const UNDATED = -1;
const NONE: readonly Arrival[] = [];

/**
 * All messages that one light node holds: everybody's logs by author, and what arrived when by epoch and kind. The same
 * promises as the app's MessageLog, with core's log rule; it is durable at once, so a crash costs it nothing.
 */
export class LightLog {
  readonly #mesh: Mesh;
  /** By author: the last message held, and with it how many. */
  readonly #last: (Packet | undefined)[] = [];
  readonly #early = new Map<string, Packet>();
  readonly #inboxes = new Map<number, Map<Kind, Arrival[]>>();
  /**
   * Held beside the logs: what evidence shows, and what was fetched by CID. Who holds one of two things that somebody said can
   * follow a set with the other.
   */
  readonly #beside = new Set<Cid>();

  constructor(mesh: Mesh) {
    this.#mesh = mesh;
  }

  /** Undefined: it continues its author's log and is kept. Codes: duplicate, log-gap, log-fork. */
  accept(packet: Packet, atMs: number): ErrorData | undefined {
    const { message, author } = packet;
    if (message === undefined) return packet.refusal;
    const last = this.#last[author];
    const continues =
      last === undefined
        ? packet.sequence === 0
        : packet.sequence === last.sequence + 1 && message.envelope.previous === last.cid;
    if (!continues) {
      if (this.holds(packet)) return ignore("duplicate", "This message is held already").data;
      const problem = verifyLogStep(last?.message, message);
      if (problem?.code === "log-gap") this.#keepEarly(packet);
      if (problem !== undefined) return problem;
    }
    this.#last[author] = packet;
    this.#file(packet, atMs);
    if (message.kind === "evidence") {
      const { first, second } = message.envelope.body;
      for (const bytes of [first, second]) this.#beside.add(cidOf(bytes));
    }
    return undefined;
  }

  keepBeside(cid: Cid): void {
    this.#beside.add(cid);
  }

  /** The message that came too early and continues this one. */
  takeEarly(after: Packet): Packet | undefined {
    if (this.#early.size === 0) return undefined;
    const key = earlyKey(after.author, after.sequence + 1);
    const packet = this.#early.get(key);
    if (packet !== undefined) this.#early.delete(key);
    return packet;
  }

  count(author: number): number {
    return (this.#last[author]?.sequence ?? -1) + 1;
  }

  last(author: number): Packet | undefined {
    return this.#last[author];
  }

  /** Indexes of authors are below this. */
  get authors(): number {
    return this.#last.length;
  }

  holds(packet: Packet): boolean {
    if (this.#beside.has(packet.cid)) return true;
    const last = this.#last[packet.author];
    if (last === undefined || packet.sequence < 0 || packet.sequence > last.sequence) return false;
    if (last === packet) return true;
    if (!this.#mesh.isForked(packet.author)) return true;
    return this.chain(packet.author, packet.sequence, packet.sequence + 1)[0] === packet;
  }

  holdsCid(cid: Cid): boolean {
    const packet = this.#mesh.messagePacket(cid);
    return packet !== undefined && this.holds(packet);
  }

  /** Messages `from` … `to` − 1 of one author as this node holds them. */
  chain(author: number, from: number, to: number): Packet[] {
    const chain: Packet[] = [];
    let at = this.#last[author];
    while (at !== undefined && at.sequence >= from) {
      if (at.sequence < to) chain.push(at);
      const previous: Cid | null | undefined = at.message?.envelope.previous;
      at = previous === null || previous === undefined ? undefined : this.#mesh.messagePacket(previous);
    }
    return chain.reverse();
  }

  /** Of any kind but votes. */
  ofEpoch(epoch: number, kind: Kind): readonly Arrival[] {
    return this.#inboxes.get(epoch)?.get(kind) ?? NONE;
  }

  /** Messages about no epoch: proposals, ballots, evidence. */
  undated(): readonly Arrival[] {
    return [...(this.#inboxes.get(UNDATED)?.values() ?? [])].flat();
  }

  /** Kinds of which something about this epoch is held. */
  kindsOf(epoch: number): Iterable<Kind> {
    return this.#inboxes.get(epoch)?.keys() ?? [];
  }

  /** Arrivals of long closed epochs are not asked for again; the messages stay. */
  forgetBefore(epoch: number): void {
    for (const known of this.#inboxes.keys()) {
      if (known !== UNDATED && known < epoch) this.#inboxes.delete(known);
    }
  }

  #file(packet: Packet, atMs: number): void {
    const { message } = packet;
    // Votes are the most of all messages, and are kept where they are counted.
    if (message === undefined || message.kind === "epoch-vote") return;
    const { body } = message.envelope;
    const epoch = "epoch" in body ? body.epoch : UNDATED;
    let inbox = this.#inboxes.get(epoch);
    if (inbox === undefined) {
      inbox = new Map();
      this.#inboxes.set(epoch, inbox);
    }
    const arrivals = inbox.get(message.kind);
    if (arrivals === undefined) inbox.set(message.kind, [{ packet, atMs }]);
    else arrivals.push({ packet, atMs });
  }

  #keepEarly(packet: Packet): void {
    if (this.#early.size >= LIMITS.earlyMessages) this.#early.clear();
    this.#early.set(earlyKey(packet.author, packet.sequence), packet);
  }
}

const earlyKey = (author: number, sequence: number): string => `${author}/${sequence}`;
