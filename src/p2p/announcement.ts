/**
 * How nodes find each other: each says on one gossip topic, shared by all networks of a relay, where it can be reached.
 * Wire format: canonical DAG-CBOR of {network, peer, addresses, sequence}. It is a hint: the dialled peer proves its id.
 */

import { decodeBlock, encodeBlock } from "../core/codec/block.ts";
import { count } from "../core/codec/fields.ts";
import { z } from "../core/codec/zod.ts";
import { LIMITS } from "../core/limits.ts";

export const DISCOVERY_TOPIC = "parley/discovery/1";

export interface Announcement {
  readonly network: string;
  /** libp2p peer id, base58. */
  readonly peer: string;
  /** Multiaddrs, at most LIMITS.announcedAddresses. */
  readonly addresses: readonly string[];
  /** Grows with each announcement of a peer, so that each is a message of its own. */
  readonly sequence: number;
}

const announcement: z.ZodType<Announcement> = z.strictObject({
  network: z.string().max(128),
  peer: z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{20,80}$/),
  addresses: z.array(z.string().max(LIMITS.addressCharacters)).max(LIMITS.announcedAddresses).readonly(),
  sequence: count,
});

export function encodeAnnouncement(value: Announcement): Uint8Array {
  return encodeBlock(announcement, "announcement", value);
}

/** Throws ParleyError only: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeAnnouncement(bytes: Uint8Array): Announcement {
  return decodeBlock(announcement, "announcement", bytes, LIMITS.announcementBytes);
}
