import { type Message, StrictNoSign, TopicValidatorResult } from "@libp2p/gossipsub";
import type { RPC } from "@libp2p/gossipsub/message";
import { gossipSettings } from "../../src/p2p/gossip-settings.ts";
import { bytesOf, HEARTBEAT_MS, TOPIC, textOf } from "./honest.ts";
import { type MeshLibp2p, startMeshNode } from "./mesh-node.ts";

/** What a hostile node does otherwise than an honest one. All of it can change while it runs. */
export interface Hostility {
  /** Whether it passes on a message; one that it does not it never names either. */
  passesOn(text: string): Promise<boolean>;
  /** At every beat, to every peer. */
  pesters(node: HostileNode): void;
}

export const POLITE: Hostility = { passesOn: async () => true, pesters: () => undefined };
export const SILENT: Hostility = { ...POLITE, passesOn: async () => false };

/** Before the content, as in the adapter. */
const NONCE_BYTES = 8;

/** A real node with GossipSub, greedy for meshes and without scores, whose behaviour is given. */
export class HostileNode {
  readonly libp2p: MeshLibp2p;
  hostility: Hostility;
  readonly #timer: ReturnType<typeof setInterval>;
  #spoken = 0;

  private constructor(libp2p: MeshLibp2p, hostility: Hostility) {
    this.libp2p = libp2p;
    this.hostility = hostility;
    this.#timer = setInterval(() => this.hostility.pesters(this), HEARTBEAT_MS);
  }

  static async start(name: string, hostility: Hostility): Promise<HostileNode> {
    const libp2p = await startMeshNode(name, {
      globalSignaturePolicy: StrictNoSign,
      ...(gossipSettings.msgIdFn && { msgIdFn: gossipSettings.msgIdFn }),
      allowPublishToZeroTopicPeers: true,
      heartbeatInterval: HEARTBEAT_MS,
      // In every mesh that takes it.
      D: 200,
      Dlo: 199,
      Dhi: 400,
      Dout: 0,
      scoreParams: {
        topics: {},
        appSpecificWeight: 0,
        IPColocationFactorWeight: 0,
        behaviourPenaltyWeight: 0,
      },
    });
    return new HostileNode(libp2p, hostility);
  }

  listen(): void {
    const { pubsub } = this.libp2p.services;
    pubsub.topicValidators.set(TOPIC, async (_, message: Message) => {
      const passes = await this.hostility.passesOn(textOf(message.data.subarray(NONCE_BYTES)));
      return passes ? TopicValidatorResult.Accept : TopicValidatorResult.Ignore;
    });
    pubsub.subscribe(TOPIC);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.libp2p.stop();
  }

  /** GRAFT to everybody, back-off or not. */
  graft(): void {
    this.#toAll({ graft: [{ topicID: TOPIC }], prune: [], ihave: [], iwant: [], idontwant: [] });
  }

  /** IHAVE of messages that nobody has: each is asked for and never comes. */
  promise(count: number): void {
    const messageIDs = Array.from({ length: count }, () => crypto.getRandomValues(new Uint8Array(20)));
    this.#toAll({ graft: [], prune: [], ihave: [{ topicID: TOPIC, messageIDs }], iwant: [], idontwant: [] });
  }

  /** Messages that every validator rejects, each another one. */
  spoil(count: number): void {
    const nonce = new Uint8Array(NONCE_BYTES);
    const messages = Array.from({ length: count }, () => {
      const content = bytesOf(`bad ${this.libp2p.peerId} ${this.#spoken++}`);
      return { topic: TOPIC, data: Uint8Array.of(...nonce, ...content) };
    });
    this.#sendAll({ subscriptions: [], messages });
  }

  /** Small messages that nobody has seen, on any topic. Returns how many went out, to all peers together. */
  flood(topic: string, count: number): number {
    const messages = Array.from({ length: count }, () => ({
      topic,
      data: crypto.getRandomValues(new Uint8Array(NONCE_BYTES + 16)),
    }));
    return count * this.#sendAll({ subscriptions: [], messages });
  }

  #toAll(control: RPC.ControlMessage): void {
    this.#sendAll({ subscriptions: [], messages: [], control });
  }

  /** Peers that it was sent to. */
  #sendAll(rpc: RPC): number {
    const { pubsub } = this.libp2p.services;
    if (!sendsRpc(pubsub)) throw new Error("this GossipSub cannot be made to send what it should not");
    return pubsub.getPeers().filter((peer) => pubsub.sendRpc(peer.toString(), rpc)).length;
  }
}

function sendsRpc<T extends object>(pubsub: T): pubsub is T & { sendRpc(peer: string, rpc: RPC): boolean } {
  return "sendRpc" in pubsub && typeof pubsub.sendRpc === "function";
}
