import type { ErrorData } from "../core/errors.ts";
import type { NodeId } from "../core/primitives.ts";

/**
 * What a link runs over. `relay`: somebody in between carries the bytes; `turn`: WebRTC whose datagrams a TURN server carries;
 * `in-process`: with another node of this page or process.
 */
export type LinkTransport = "webrtc" | "webrtc-direct" | "websocket" | "relay" | "turn" | "in-process";

export interface PeerInfo {
  readonly nodeId: NodeId;
  /** libp2p peer id, base58. */
  readonly peerId: string;
  /** Direct: nobody carries its bytes, neither a relay nor a TURN server. */
  readonly link: "direct" | "relayed";
  readonly connectedAtMs: number;
  /** Absent where links are simulated. */
  readonly transport?: LinkTransport;
  /** Absent until measured. */
  readonly roundTripMs?: number;
  /** What this node's gossip thinks of it: below 0 it is kept out, above 0 it was useful. Absent where gossip has no scores. */
  readonly score?: number;
}

/** A relay as it was configured, and how it stands with it. */
export interface RelayInfo {
  /** As written: a multiaddr, or a name that leads to several. */
  readonly address: string;
  /** `network`: of the network's files; `own`: added on this device; `learnt`: of peers that were reached through it. */
  readonly source: "network" | "own" | "learnt";
  /** `held`: it introduces us now; `waiting`: it did not answer and is asked again; `standby`: others suffice. */
  readonly state: "held" | "asking" | "waiting" | "standby";
  /** Why it was not reached last, in words. */
  readonly problem?: string;
}

/** WebRTC connections that the browser allows this page in its life. */
export interface LinkBudget {
  readonly used: number;
  readonly allowed: number;
  readonly open: number;
}

/** Messages of one class of topics since the start. */
export interface GossipCounts {
  /** Copies included, and their bytes. */
  readonly received: number;
  readonly receivedBytes: number;
  readonly duplicates: number;
  readonly accepted: number;
  /** By code; "known" are contents that had come before in another wrapping. */
  readonly refused: Readonly<Record<string, number>>;
  readonly published: number;
}

/** Undefined accepts; otherwise the message is refused with the verdict in the error (REJECT or IGNORE). */
export type GossipValidator = (bytes: Uint8Array, from: NodeId) => Promise<ErrorData | undefined>;

export interface NetworkStatus {
  readonly state: "offline" | "connecting" | "online";
  readonly peers: readonly PeerInfo[];
  /** Relays that hold a reservation for us now. */
  readonly relays: readonly string[];
  /** All that are known, also those that do not answer; absent where links are simulated. */
  readonly knownRelays?: readonly RelayInfo[];
  /** Peers that introduce us, besides relays: peer ids. */
  readonly relayingPeers?: readonly string[];
  /** Absent where there is no WebRTC. */
  readonly budget?: LinkBudget;
  /** Refused messages by peer id and code. */
  readonly refused: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By class of topics; absent where gossip does not count. */
  readonly gossip?: Readonly<Record<string, GossipCounts>>;
}

/** Topics of bytes between peers. A message is handed on only after its topic's validator accepted it. */
export interface Gossip {
  /** Returns how many peers it was sent to; 0 means that nobody heard it yet. */
  publish(topic: string, bytes: Uint8Array): Promise<number>;
  /** The validator's acceptance is the delivery: it runs once for each distinct message. Returns unsubscribe. */
  subscribe(topic: string, validator: GossipValidator): () => void;
  status(): NetworkStatus;
  onStatus(listener: (status: NetworkStatus) => void): () => void;
  /** Nodes with a stake are preferred as neighbours, where gossip chooses its neighbours. */
  favour?(isMember: (nodeId: NodeId) => boolean): void;
}
