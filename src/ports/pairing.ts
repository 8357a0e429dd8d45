import type { NodeId } from "../core/primitives.ts";

/** Another device, after both have shown that they know the same invitation. Nobody else reads what goes over it. */
export interface PairingLink {
  readonly nodeId: NodeId;
  /** As the other device calls itself. */
  readonly name: string;
  /** Six digits that both screens show: they differ when somebody stands in between. */
  readonly digits: string;
  /** The inviting side gives this, once. Resolves when the other side has thanked for it. Errors: pairing-ended, pairing-refused. */
  give(gift: Uint8Array): Promise<void>;
  /** The other side waits for it. Errors: pairing-ended, pairing-refused. */
  take(): Promise<Uint8Array>;
  /** After what was taken is durable. */
  thank(): Promise<void>;
  /** Errors afterwards on both sides: pairing-refused. */
  refuse(): void;
}

export interface Invitation {
  /** To be scanned or typed at the other device; worth nothing after one use, or after `expiresAtMs`. */
  readonly code: string;
  readonly expiresAtMs: number;
  /** The device that came. Errors: pairing-expired, pairing-wrong (somebody tried too often), pairing-ended. */
  readonly link: Promise<PairingLink>;
  close(): void;
}

/** Brings two devices of one person together, and carries what the devices of a group tell each other. */
export interface Pairing {
  /** One at a time: a new one ends the one before. */
  invite(name: string): Invitation;
  /**
   * Errors: pairing-code (no such code, or not whole), pairing-expired, pairing-own (of this very device), pairing-network (of
   * another network), pairing-unreachable, pairing-refused (the other side does not take it: used, expired, or wrong), pairing-ended.
   */
  join(code: string, name: string): Promise<PairingLink>;
  /** To one other node; false when it is not in reach, or does not listen to this one. At most LIMITS.householdBytes. */
  tell(nodeId: NodeId, bytes: Uint8Array): Promise<boolean>;
  /** What nodes tell that `isWelcome`; others are cut off before they have said anything. */
  onTold(
    isWelcome: (nodeId: NodeId) => boolean,
    listener: (from: NodeId, bytes: Uint8Array) => void,
  ): () => void;
  /** A node came into reach. */
  onPeer(listener: (nodeId: NodeId) => void): () => void;
}
