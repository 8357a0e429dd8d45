import { type ErrorData, toErrorData } from "../../src/core/errors.ts";
import type { NodeId } from "../../src/core/primitives.ts";
import type { Gossip, GossipValidator, NetworkStatus } from "../../src/ports/gossip.ts";
import type { Mesh } from "./mesh.ts";
import type { Packet } from "./packet.ts";

/** The Gossip port of one life of one node over the mesh. A message is passed on when its validator accepted it. */
export class MeshGossip implements Gossip {
  readonly #mesh: Mesh;
  readonly #index: number;
  readonly #joinedAtMs: number;
  readonly #validators = new Map<string, GossipValidator>();
  readonly #refused: Record<string, Record<string, number>> = {};
  readonly #ends: (() => void)[] = [];
  #isOver = false;

  constructor(mesh: Mesh, index: number) {
    this.#mesh = mesh;
    this.#index = index;
    this.#joinedAtMs = mesh.queue.nowMs();
  }

  async publish(topic: string, bytes: Uint8Array): Promise<number> {
    if (this.#isOver) return 0;
    return this.#mesh.publish(this.#mesh.packetOf(nameOf(topic), bytes.slice()), this.#index);
  }

  subscribe(topic: string, validator: GossipValidator): () => void {
    const name = nameOf(topic);
    this.#validators.set(name, validator);
    return () => {
      if (this.#validators.get(name) === validator) this.#validators.delete(name);
    };
  }

  status(): NetworkStatus {
    const peers = this.#mesh.neighbours(this.#index).map((index) => ({
      nodeId: this.#nodeIdOf(index),
      peerId: peerIdOf(this.#nodeIdOf(index)),
      link: "direct" as const,
      connectedAtMs: this.#joinedAtMs,
    }));
    const alone = this.#mesh.isOnline(this.#index) ? "connecting" : "offline";
    return {
      state: peers.length > 0 ? "online" : alone,
      peers,
      relays: [],
      refused: structuredClone(this.#refused),
    };
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    const stop = this.#mesh.onChange(() => listener(this.status()));
    this.#ends.push(stop);
    return stop;
  }

  /** The tab is gone. */
  end(): void {
    this.#isOver = true;
    this.#validators.clear();
    for (const end of this.#ends) end();
  }

  /** What the mesh hands over: judged by the validator, then passed on or counted as refused. */
  async receive(packet: Packet, from: number): Promise<void> {
    const validator = this.#validators.get(packet.topic);
    if (validator === undefined) return;
    const refusal = await judge(validator, packet.bytes.slice(), this.#nodeIdOf(from));
    if (this.#isOver) return;
    if (refusal === undefined) this.#mesh.forward(packet, this.#index, from);
    else this.#count(from, refusal);
  }

  #count(from: number, refusal: ErrorData): void {
    const peerId = peerIdOf(this.#nodeIdOf(from));
    const counts = this.#refused[peerId] ?? {};
    this.#refused[peerId] = counts;
    counts[refusal.code] = (counts[refusal.code] ?? 0) + 1;
    this.#mesh.refuse(refusal);
  }

  #nodeIdOf(index: number): NodeId {
    return this.#mesh.nodeIds[index] ?? "";
  }
}

/** The last part of a topic: all topics of a mesh are of one network. */
function nameOf(topic: string): string {
  return topic.slice(topic.lastIndexOf("/") + 1);
}

async function judge(
  validator: GossipValidator,
  bytes: Uint8Array,
  from: NodeId,
): Promise<ErrorData | undefined> {
  try {
    return await validator(bytes, from);
  } catch (thrown) {
    return toErrorData(thrown);
  }
}

function peerIdOf(nodeId: NodeId): string {
  return `mesh-${nodeId.slice(0, 16)}`;
}
