import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { expect, test } from "vitest";
import { encodeCbor } from "../../core/codec/dag-cbor.ts";
import { LIMITS } from "../../core/limits.ts";
import { privateKeyOf } from "../peer-id.ts";
import {
  type Announcement,
  announcedAddresses,
  decodeAnnouncement,
  isByPeer,
  openAnnouncement,
  signAnnouncement,
} from "./announcement.ts";

const NETWORK = "bafyreiaht267dka4kxrmahzzc6mu2btbcelgkpa7s4hvrwramz2hjus2na";
const key = await privateKeyOf(new Uint8Array(32).fill(7));
const ME = peerIdFromPublicKey(key.publicKey).toString();
const [R, TAB] = [
  "12D3KooWHhpyeGRP8jBJJ8qSWz4W3pw8Z7Gp4f3PS7oYTQSWUW2D",
  "12D3KooWCYtVbZg9LRghV5Afg6x3q7aTkEudTEi1k7NEumQq2rG1",
];
const RELAY = `/dns4/relay.example/tcp/443/wss/p2p/${R}`;
const BY_RELAY = `${RELAY}/p2p-circuit/p2p/${ME}`;
const BY_WEBRTC = `${RELAY}/p2p-circuit/webrtc/p2p/${ME}`;
const BY_TAB = `${RELAY}/p2p-circuit/webrtc/p2p/${TAB}/p2p-circuit/p2p/${ME}`;
const CERTIFICATE = "uEiDfJ6VhsFzmcAbPYCL7b5jzxfE1xZBLJAxWmbx7BEMZKg";
const DIRECT = `/ip4/10.0.0.1/udp/4001/webrtc-direct/certhash/${CERTIFICATE}/p2p/${ME}`;

const sign = (addresses: readonly string[], sequence = 1) =>
  signAnnouncement({ network: NETWORK, addresses, sequence }, key);

test("an announcement says who is where in which network, and comes back as it was sent", async () => {
  const announced: Announcement = { network: NETWORK, peer: ME, addresses: [DIRECT, BY_RELAY], sequence: 5 };
  expect(await openAnnouncement(await sign([DIRECT, BY_RELAY], 5))).toEqual(announced);
});

test("nobody can say where another peer is", async () => {
  const bytes = await sign([DIRECT], 5);
  const announced = await openAnnouncement(bytes);
  let refused = 0;
  for (let at = 0; at < bytes.length; at++) {
    const forged = bytes.with(at, (bytes[at] ?? 0) ^ 1);
    const opened = await openAnnouncement(forged).catch((thrown: unknown) => thrown);
    // Only the network is outside the record: it says no more than who may be interested.
    if (opened instanceof Error) refused += 1;
    else expect(opened).toEqual({ ...announced, network: expect.any(String) });
  }
  expect(refused).toBeGreaterThan(bytes.length / 2);
});

test("a record that is signed by somebody else than the peer it names is refused", async () => {
  const stranger = await privateKeyOf(new Uint8Array(32).fill(8));
  const theirs = await signAnnouncement({ network: NETWORK, addresses: [], sequence: 1 }, stranger);
  const mine = await sign([]);
  const [from, end] = [indexOf(mine, key.publicKey.raw), indexOf(theirs, stranger.publicKey.raw)];
  expect(from).toBe(end);
  const swapped = theirs.slice();
  swapped.set(key.publicKey.raw, from);
  await expect(openAnnouncement(swapped)).rejects.toMatchObject({ data: { code: "malformed-record" } });
});

test("relays and peers are named once: who is introduced by one is relayed by it too", async () => {
  const told = announcedAddresses([BY_RELAY, BY_TAB, BY_WEBRTC, DIRECT], ME, [TAB], true);
  expect(told).toEqual([DIRECT, BY_WEBRTC, `/p2p/${TAB}/p2p-circuit/webrtc/p2p/${ME}`]);
  expect((await openAnnouncement(await sign(told))).addresses).toEqual([
    ...told,
    BY_RELAY,
    `/p2p/${TAB}/p2p-circuit/p2p/${ME}`,
  ]);
  expect(announcedAddresses([], ME, [TAB], false)).toEqual([`/p2p/${TAB}/p2p-circuit/p2p/${ME}`]);
  expect(told.map(isByPeer)).toEqual([false, false, true]);
});

test("a tab with a relay and three peers that introduce it says so in less than what IDONTWANT is sent for", async () => {
  const local = `/ip4/127.0.0.1/tcp/19090/ws/p2p/${R}/p2p-circuit`;
  const own = [`${local}/p2p/${ME}`, `${local}/webrtc/p2p/${ME}`];
  const bytes = await sign(announcedAddresses(own, ME, [TAB, R, ME], true), Date.now());
  expect(bytes.length).toBeLessThan(512);
});

test("an announcement leaves out addresses rather than be too large", async () => {
  const long = `/dns4/${"a".repeat(200)}.example/tcp/443/wss/p2p/${ME}`;
  const own = Array.from({ length: 40 }, (_, index) => long.replace("443", `${1_000 + index}`));
  const addresses = announcedAddresses(own, ME, [TAB], true);
  expect(addresses).toHaveLength(LIMITS.announcedAddresses);
  const bytes = await sign(addresses);
  expect(bytes.length).toBeLessThanOrEqual(LIMITS.announcementBytes);
  expect(decodeAnnouncement(bytes).announcement.addresses.length).toBeGreaterThan(5);
});

test("more or longer addresses than are allowed are refused", async () => {
  expect(() => decodeAnnouncement(encodeCbor({ network: NETWORK, record: Uint8Array.of(1) }))).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ code: "malformed-record" }) }),
  );
  expect(() => decodeAnnouncement(new Uint8Array(LIMITS.announcementBytes + 1))).toThrow(/too large/);
});

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  return bytes.findIndex((_, at) => part.every((byte, index) => bytes[at + index] === byte));
}
