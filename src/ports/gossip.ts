import type { ErrorData } from "../core/errors.ts";
import type { NodeId } from "../core/primitives.ts";

export interface PeerInfo {
  readonly nodeId: NodeId;
  /** libp2p peer id, base58. */
  readonly peerId: string;
  readonly link: "direct" | "relayed";
  readonly connectedAtMs: number;
}

/** Undefined accepts; otherwise the message is refused with the verdict in the error (REJECT or IGNORE). */
export type GossipValidator = (bytes: Uint8Array, from: NodeId) => Promise<ErrorData | undefined>;

export interface NetworkStatus {
  readonly state: "offline" | "connecting" | "online";
  readonly peers: readonly PeerInfo[];
  /** Relays that hold a reservation for us now. */
  readonly relays: readonly string[];
  /** Refused messages by peer id and code. */
  readonly refused: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Topics of bytes between peers. A message is handed on only after its topic's validator accepted it. */
export interface Gossip {
  /** Returns how many peers it was sent to; 0 means that nobody heard it yet. */
  publish(topic: string, bytes: Uint8Array): Promise<number>;
  /** The validator's acceptance is the delivery: it runs once for each distinct message. Returns unsubscribe. */
  subscribe(topic: string, validator: GossipValidator): () => void;
  status(): NetworkStatus;
  onStatus(listener: (status: NetworkStatus) => void): () => void;
}
