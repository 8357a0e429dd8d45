/**
 * How nodes find each other: each says on one gossip topic, shared by all networks of a relay, where it can be reached.
 * Wire format: canonical DAG-CBOR of {network, record}; the record is libp2p's signed peer record
 * (https://github.com/libp2p/specs/blob/master/RFC/0003-routing-records.md). It is a hint that its peer signed: nobody
 * else can say where a peer is, and the dialled peer proves its id.
 */

import type { Ed25519PrivateKey } from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { PeerRecord, RecordEnvelope } from "@libp2p/peer-record";
import { multiaddr } from "@multiformats/multiaddr";
import { decodeBlock, encodeBlock } from "../../core/codec/block.ts";
import { bytes as byteField } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { isNested, isRelayedAddress, isWebRtcAddress } from "../addresses.ts";

export const DISCOVERY_TOPIC = "parley/discovery/2";

export interface Announcement {
  readonly network: string;
  /** libp2p peer id, base58. */
  readonly peer: string;
  /** Multiaddrs, each ending in /p2p/<peer>. */
  readonly addresses: readonly string[];
  /** Grows with each announcement of a peer: the newest one counts, and each is a message of its own. */
  readonly sequence: number;
}

/** What was read, before anybody has looked at its signature. */
export interface SealedAnnouncement {
  readonly announcement: Announcement;
  isAuthentic(): Promise<boolean>;
}

/** For what the peer signs; the rest is the name of the network, the key, the signature and their framing. */
const ROOM_BYTES = LIMITS.announcementBytes - 320;

const wire = z.strictObject({
  network: z.string().max(128),
  record: byteField(1, LIMITS.announcementBytes),
});

/**
 * As few bytes as say it: the peer is not named in each address, and an address that is introduced by a relay is not told
 * again as relayed by it. Leaves out addresses from the end until the announcement is within its limit.
 */
export async function signAnnouncement(
  { network, addresses, sequence }: Omit<Announcement, "peer">,
  privateKey: Ed25519PrivateKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const peerId = peerIdFromPublicKey(privateKey.publicKey);
  const told = withoutImplied(addresses).map((address) => withoutPeer(address, peerId.toString()));
  for (let count = Math.min(told.length, LIMITS.announcedAddresses); ; count--) {
    const multiaddrs = told.slice(0, count).map((address) => multiaddr(address));
    const record = new PeerRecord({ peerId, multiaddrs, seqNumber: BigInt(sequence) });
    if (record.marshal().length > ROOM_BYTES && count > 0) continue;
    const envelope = await RecordEnvelope.seal(record, privateKey);
    return Uint8Array.from(encodeBlock(wire, "announcement", { network, record: envelope.marshal() }));
  }
}

/** Throws ParleyError only: too-large, malformed-cbor, not-canonical, unknown-field, schema, malformed-record. */
export function decodeAnnouncement(bytes: Uint8Array): SealedAnnouncement {
  const { network, record } = decodeBlock(wire, "announcement", bytes, LIMITS.announcementBytes);
  const { envelope, peer, multiaddrs, sequence } = readRecord(record);
  if (multiaddrs.length > LIMITS.announcedAddresses) {
    throw malformed(`at most ${LIMITS.announcedAddresses} addresses`, `${multiaddrs.length}`);
  }
  if (multiaddrs.some((address) => address.length > LIMITS.addressCharacters)) {
    throw malformed(`addresses of at most ${LIMITS.addressCharacters} characters`, "a longer one");
  }
  const addresses = withImplied(multiaddrs.map((address) => `${address}/p2p/${peer}`));
  return {
    announcement: { network, peer, addresses, sequence },
    isAuthentic: async () => {
      try {
        return await envelope.validate(PeerRecord.DOMAIN);
      } catch {
        // Of a length that no signature has.
        return false;
      }
    },
  };
}

/** As decodeAnnouncement, and looks at the signature. Errors: those, bad-signature. */
export async function openAnnouncement(bytes: Uint8Array): Promise<Announcement> {
  const { announcement, isAuthentic } = decodeAnnouncement(bytes);
  if (await isAuthentic()) return announcement;
  throw reject("bad-signature", "This announcement is not of the peer that it names");
}

interface ReadRecord {
  readonly envelope: RecordEnvelope;
  readonly peer: string;
  readonly multiaddrs: readonly string[];
  readonly sequence: number;
}

/** The library's decoders throw whatever they come upon. */
function readRecord(bytes: Uint8Array): ReadRecord {
  try {
    const envelope = RecordEnvelope.createFromProtobuf(bytes);
    const { peerId, multiaddrs, seqNumber } = PeerRecord.createFromProtobuf(envelope.payload.subarray());
    const sequence = Number(seqNumber);
    if (!Number.isSafeInteger(sequence)) throw new Error("a sequence beyond what can be counted");
    if (peerId.type !== "Ed25519") throw new Error(`a key of type ${peerId.type}`);
    if (!peerIdFromPublicKey(envelope.publicKey).equals(peerId)) throw new Error("signed by somebody else");
    return { envelope, peer: peerId.toString(), multiaddrs: multiaddrs.map(String), sequence };
  } catch (thrown) {
    throw malformed("a signed peer record", thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function malformed(expected: string, got: string) {
  return reject("malformed-record", "This announcement cannot be read", expected, got.slice(0, 200));
}

const INTRODUCED = "/p2p-circuit/webrtc/";
const RELAYED = "/p2p-circuit/";

/** Whoever is introduced by a relay is relayed by it too. */
function withImplied(addresses: readonly string[]): string[] {
  const relayed = addresses
    .filter((address) => address.includes(INTRODUCED))
    .map((address) => address.replace(INTRODUCED, RELAYED));
  return [...new Set([...addresses, ...relayed])];
}

function withoutImplied(addresses: readonly string[]): string[] {
  const implied = new Set(withImplied(addresses.filter(isWebRtcAddress)).filter(isRelayedAddress));
  return addresses.filter((address) => !implied.has(address));
}

function withoutPeer(address: string, peer: string): string {
  const end = `/p2p/${peer}`;
  return address.endsWith(end) ? address.slice(0, -end.length) : address;
}

/**
 * What a node tells of itself: where it is reached without help, then by WebRTC, then through relays, then through the
 * peers that introduce it. A peer has no address of its own: it is named, for those who are linked with it.
 */
export function announcedAddresses(
  own: readonly string[],
  self: string,
  relayingPeers: readonly string[],
  isIntroduced: boolean,
): string[] {
  const usable = own.filter((address) => !isNested(address) && address.length <= LIMITS.addressCharacters);
  const rank = (address: string): number => {
    if (isRelayedAddress(address)) return 2;
    return isWebRtcAddress(address) ? 1 : 0;
  };
  const byPeers = relayingPeers.map(
    (peer) => `/p2p/${peer}/p2p-circuit${isIntroduced ? "/webrtc" : ""}/p2p/${self}`,
  );
  const ranked = withoutImplied([...new Set(usable)].sort((a, b) => rank(a) - rank(b)));
  const room = Math.max(0, LIMITS.announcedAddresses - byPeers.length);
  return [...ranked.slice(0, room), ...byPeers].slice(0, LIMITS.announcedAddresses);
}

/** Named by a peer that relays, not by a relay's address: of use only to those who are linked with that peer. */
export function isByPeer(address: string): boolean {
  return address.startsWith("/p2p/");
}
