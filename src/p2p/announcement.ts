/**
 * How nodes find each other: each says on one gossip topic, shared by all networks of a relay, where it can be reached.
 * Wire format: canonical DAG-CBOR of {network, peer, addresses, sequence}. It is a hint: the dialled peer proves its id.
 */

import { decodeBlock, encodeBlock } from "../core/codec/block.ts";
import { count } from "../core/codec/fields.ts";
import { z } from "../core/codec/zod.ts";
import { LIMITS } from "../core/limits.ts";
import { isNested, isRelayedAddress, isWebRtcAddress } from "./addresses.ts";

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

/** Leaves out addresses from the end until the announcement is within its limit. */
export function encodeFitting(value: Announcement): Uint8Array {
  const bytes = encodeAnnouncement(value);
  if (bytes.length <= LIMITS.announcementBytes || value.addresses.length === 0) return bytes;
  return encodeFitting({ ...value, addresses: value.addresses.slice(0, -1) });
}

/**
 * What a node tells of itself: where it is reached without help, then by WebRTC, then through relays, then through the
 * peers that introduce it. A peer has no address of its own: it is named, for those who are linked with it.
 */
export function announcedAddresses(
  own: readonly string[],
  self: string,
  relayingPeers: readonly string[],
  speaksWebRtc: boolean,
): string[] {
  const usable = own.filter((address) => !isNested(address) && address.length <= LIMITS.addressCharacters);
  const rank = (address: string): number => {
    if (isRelayedAddress(address)) return 2;
    return isWebRtcAddress(address) ? 1 : 0;
  };
  const byPeers = relayingPeers.flatMap((peer) => [
    ...(speaksWebRtc ? [`/p2p/${peer}/p2p-circuit/webrtc/p2p/${self}`] : []),
    `/p2p/${peer}/p2p-circuit/p2p/${self}`,
  ]);
  const ranked = [...new Set(usable)].sort((a, b) => rank(a) - rank(b));
  const room = Math.max(0, LIMITS.announcedAddresses - byPeers.length);
  return [...ranked.slice(0, room), ...byPeers].slice(0, LIMITS.announcedAddresses);
}

/** Throws ParleyError only: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeAnnouncement(bytes: Uint8Array): Announcement {
  return decodeBlock(announcement, "announcement", bytes, LIMITS.announcementBytes);
}
