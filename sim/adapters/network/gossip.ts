import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "../../../src/core/bytes.ts";
import { type ErrorData, toErrorData } from "../../../src/core/errors.ts";
import type { NodeId } from "../../../src/core/primitives.ts";
import type { Gossip, GossipValidator, NetworkStatus } from "../../../src/ports/gossip.ts";
import type { Links } from "./links.ts";

interface Peer {
  readonly gossip: MemoryGossip;
}

/** Flooding: what a node accepted it passes on to the neighbours that have not seen it. */
export class MemoryGossip implements Gossip {
  readonly #network: Links<Peer>;
  readonly #nodeId: NodeId;
  readonly #validators = new Map<string, GossipValidator>();
  readonly #seen = new Set<string>();
  readonly #refused: Record<string, Record<string, number>> = {};
  readonly #joinedAtMs: number;

  constructor(network: Links<Peer>, nodeId: NodeId) {
    this.#network = network;
    this.#nodeId = nodeId;
    this.#joinedAtMs = network.clock.nowMs();
  }

  async publish(topic: string, bytes: Uint8Array): Promise<number> {
    this.#seen.add(messageKey(topic, bytes));
    return this.#send(topic, bytes.slice());
  }

  subscribe(topic: string, validator: GossipValidator): () => void {
    this.#validators.set(topic, validator);
    return () => {
      if (this.#validators.get(topic) === validator) this.#validators.delete(topic);
    };
  }

  status(): NetworkStatus {
    const peers = this.#network.neighbours(this.#nodeId).map(({ nodeId }) => ({
      nodeId,
      peerId: peerIdOf(nodeId),
      link: "direct" as const,
      connectedAtMs: this.#joinedAtMs,
    }));
    const online = this.#network.isOnline(this.#nodeId);
    const state = peers.length > 0 ? "online" : online ? "connecting" : "offline";
    return { state, peers, relays: [], refused: structuredClone(this.#refused) };
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    return this.#network.onChange(() => listener(this.status()));
  }

  hears(topic: string): boolean {
    return this.#validators.has(topic);
  }

  #send(topic: string, bytes: Uint8Array): number {
    const hearers = this.#network.neighbours(this.#nodeId).filter(({ gossip }) => gossip.hears(topic));
    for (const { gossip } of hearers) {
      if (!this.#network.loses()) queueMicrotask(() => void gossip.#receive(topic, bytes, this.#nodeId));
    }
    return hearers.length;
  }

  async #receive(topic: string, bytes: Uint8Array, from: NodeId): Promise<void> {
    const key = messageKey(topic, bytes);
    const validator = this.#validators.get(topic);
    if (validator === undefined || this.#seen.has(key) || !this.#network.linked(from, this.#nodeId)) return;
    this.#seen.add(key);
    const refusal = await judge(validator, bytes, from);
    if (refusal === undefined) this.#send(topic, bytes);
    else this.#count(from, refusal.code);
  }

  #count(from: NodeId, code: string): void {
    const counts = this.#refused[peerIdOf(from)] ?? {};
    this.#refused[peerIdOf(from)] = counts;
    counts[code] = (counts[code] ?? 0) + 1;
    this.#network.changed();
  }
}

async function judge(
  validator: GossipValidator,
  bytes: Uint8Array,
  from: NodeId,
): Promise<ErrorData | undefined> {
  try {
    return await validator(bytes.slice(), from);
  } catch (thrown) {
    return toErrorData(thrown);
  }
}

function messageKey(topic: string, bytes: Uint8Array): string {
  return `${topic} ${bytesToHex(sha256(bytes))}`;
}

function peerIdOf(nodeId: NodeId): string {
  return `memory-${nodeId.slice(0, 16)}`;
}
