import type { GossipsubOpts } from "@libp2p/gossipsub";
import { ignore, reject } from "../../src/core/errors.ts";
import { topicOf } from "../../src/core/messages/topics.ts";
import type { NodeId } from "../../src/core/primitives.ts";
import { Libp2pGossip } from "../../src/p2p/gossip.ts";
import { GossipScores, scoreOf } from "../../src/p2p/gossip-scores.ts";
import { gossipSettings, gossipSettingsOf } from "../../src/p2p/gossip-settings.ts";
import { GossipTraffic } from "../../src/p2p/gossip-traffic.ts";
import { nodeIdOfPeer } from "../../src/p2p/peer-id.ts";
import { Refusals } from "../../src/p2p/refusals.ts";
import { type LinkKind, type MeshLibp2p, startMeshNode } from "./mesh-node.ts";

export const NETWORK = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
/** Attestations: what most traffic is. */
export const TOPIC = topicOf(NETWORK, "verify");
/** Four beats a second instead of one, so that a test takes seconds. */
export const HEARTBEAT_MS = 250;
/** An attestation with two checks. */
export const MESSAGE_BYTES = 700;

/** `all`: what ships. `none`: the same node with neither scores, flood publishing nor an outbound quota. */
export type Defence = "all" | "none";

const UNDEFENDED: Partial<GossipsubOpts> = {
  ...gossipSettings,
  floodPublish: false,
  D: 6,
  Dlo: 4,
  Dout: 0,
  Dlazy: 6,
  scoreParams: {
    topics: {},
    appSpecificWeight: 0,
    IPColocationFactorWeight: 0,
    behaviourPenaltyWeight: 0,
  },
};

/** A node as it ships, from its gossip adapter down, over links in memory. */
export class HonestNode {
  readonly libp2p: MeshLibp2p;
  readonly nodeId: NodeId;
  readonly gossip: Libp2pGossip;
  readonly traffic: GossipTraffic;
  readonly refusals: Refusals;
  /** When which text was heard first. */
  readonly heardAtMs = new Map<string, number>();

  private constructor(libp2p: MeshLibp2p, refusals: Refusals, scores: GossipScores, traffic: GossipTraffic) {
    this.libp2p = libp2p;
    this.nodeId = nodeIdOfPeer(libp2p.peerId) ?? "";
    this.refusals = refusals;
    this.traffic = traffic;
    const status = {
      status: () => ({ state: "online" as const, peers: [], relays: [], refused: refusals.counts() }),
      onStatus: () => () => undefined,
    };
    this.gossip = new Libp2pGossip(libp2p, refusals, status, { scores, traffic });
    refusals.onChange((peer, dropped) => {
      if (!dropped) return;
      for (const connection of libp2p.getConnections(peer)) connection.abort(new Error("peer dropped"));
    });
  }

  /** `beatMs`: between GossipSub's heartbeats; nodes that ship have one a second. */
  static async start(
    name: string,
    defence: Defence,
    { links, beatMs = HEARTBEAT_MS }: { readonly links?: LinkKind; readonly beatMs?: number } = {},
  ): Promise<HonestNode> {
    const refusals = new Refusals();
    const scores = new GossipScores(refusals);
    const traffic = new GossipTraffic();
    const own = gossipSettingsOf(NETWORK, scores, traffic);
    const settings = {
      ...own,
      ...(defence === "all" ? {} : UNDEFENDED),
      heartbeatInterval: beatMs,
      // As long as in a node that ships, in seconds.
      mcacheGossip: Math.ceil(((own.mcacheGossip ?? 3) * 1_000) / beatMs),
      mcacheLength: Math.ceil(((own.mcacheLength ?? 5) * 1_000) / beatMs),
      // Grafts are tried again sooner too: a test has seconds, a network has minutes.
      ...(beatMs < 1_000 && { pruneBackoff: 5_000, graftFloodThreshold: 1_000 }),
    };
    const libp2p = await startMeshNode(name, settings, links, refusals);
    return new HonestNode(libp2p, refusals, scores, traffic);
  }

  listen(): void {
    this.gossip.subscribe(TOPIC, async (bytes) => {
      const text = textOf(bytes);
      if (text.startsWith("bad")) return reject("bad", "Not what it should be").data;
      if (text.startsWith("late")) return ignore("late", "Of another time").data;
      if (!this.heardAtMs.has(text)) this.heardAtMs.set(text, performance.now());
      return undefined;
    });
  }

  say(text: string): Promise<number> {
    this.heardAtMs.set(text, performance.now());
    return this.gossip.publish(TOPIC, bytesOf(text));
  }

  scoreOf(peer: MeshLibp2p): number {
    return scoreOf(this.libp2p.services.pubsub, peer.peerId.toString());
  }

  isLinkedTo(peer: MeshLibp2p): boolean {
    return this.libp2p.getConnections(peer.peerId).length > 0;
  }

  /** Peer ids of its neighbours in the topic's mesh. */
  mesh(): readonly string[] {
    const { pubsub } = this.libp2p.services;
    return showsMesh(pubsub) ? pubsub.getMeshPeers(TOPIC) : [];
  }
}

function showsMesh(pubsub: object): pubsub is { getMeshPeers(topic: string): string[] } {
  return "getMeshPeers" in pubsub && typeof pubsub.getMeshPeers === "function";
}

/** Padded to the size of a real message; the text ends at the first zero. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_BYTES);
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}

export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
