import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "../../src/core/bytes.ts";
import { decodeCbor, encodeCbor, parseCid } from "../../src/core/codec/dag-cbor.ts";
import { signBytes } from "../../src/core/identity.ts";
import { LIMITS } from "../../src/core/limits.ts";
import { signedBytes } from "../../src/core/messages/envelope.ts";
import { KINDS, type Kind } from "../../src/core/messages/kinds.ts";
import { signMessage } from "../../src/core/messages/message.ts";
import { SAMPLES } from "./message-samples.ts";
import { authors, genesis, type Samples, type Wire } from "./sample-parts.ts";
import { START_MS, seedOf } from "./world.ts";

export interface RefusedVector {
  readonly name: string;
  readonly code: string;
  /** Encoded message, or how many zero bytes stand for one that is too large to print. */
  readonly bytes?: string;
  readonly zeros?: number;
}

const network = genesisCid(genesis);
const author = { secretKey: seedOf("node 0"), nodeId: authors[0]?.nodeId ?? "" };
const other = { secretKey: seedOf("node 1"), nodeId: authors[1]?.nodeId ?? "" };

/** Vectors of one kind: good messages with all their fields, and one refused message for each way to be wrong. */
export function messageVectors(kind: Kind) {
  const samples = SAMPLES[kind];
  const good = goodOf(kind);
  const first = good[0];
  if (first === undefined) throw new Error(`no good ${kind}`);
  return { kind, network, good, refused: refusedOf(kind, first.bytes, samples) };
}

function goodOf<K extends Kind>(kind: K) {
  const samples: Samples<K> = SAMPLES[kind];
  return Object.entries(samples.good).map(([name, body], i) => {
    const message = signMessage({
      network,
      secretKey: author.secretKey,
      sequence: i,
      previous: i === 0 ? null : network,
      timestampMs: START_MS + i,
      kind,
      body,
    });
    return { name, envelope: message.envelope, cid: message.cid, bytes: bytesToHex(message.bytes) };
  });
}

function refusedOf(
  kind: Kind,
  goodHex: string,
  { broken, refused = {} }: Pick<Samples<Kind>, "broken" | "refused">,
): RefusedVector[] {
  const good = hexToBytes(goodHex);
  const { signature: _, ...envelope }: Wire = Object(decodeCbor(good));
  const body: Wire = Object(envelope.body);
  const withBody = (changed: Wire) => signWire({ ...envelope, body: changed });
  const vector = (name: string, code: string, bytes: Uint8Array) => ({
    name,
    code,
    bytes: bytesToHex(bytes),
  });
  const fieldVectors = Object.keys(body).flatMap((field) => [
    vector(`${field} missing`, "schema", withBody(without(body, field))),
    vector(`${field} of another type`, "schema", withBody({ ...body, [field]: [true] })),
  ]);
  return [
    vector("nothing", "malformed-cbor", new Uint8Array()),
    vector("cut off", "malformed-cbor", good.subarray(0, good.length - 1)),
    vector("bytes behind it", "malformed-cbor", concatBytes(good, Uint8Array.of(0))),
    vector("version as a float", "not-canonical", floatVersion(good)),
    vector("not a map", "schema", encodeCbor([1, 2, 3])),
    vector("unknown field in the envelope", "unknown-field", signWire({ ...envelope, note: "hello" })),
    vector("unknown field in the body", "unknown-field", withBody({ ...body, note: "hello" })),
    vector("version 2", "schema", signWire({ ...envelope, version: 2 })),
    vector("timestamp missing", "schema", signWire(without(envelope, "timestampMs"))),
    vector("timestamp negative", "schema", signWire({ ...envelope, timestampMs: -1 })),
    vector(
      "first message with a previous one",
      "schema",
      signWire({ ...envelope, previous: envelope.network }),
    ),
    vector("second message without a previous one", "schema", signWire({ ...envelope, sequence: 1 })),
    vector("unknown kind", "unknown-kind", signWire({ ...envelope, kind: "rumour" })),
    vector("kind of the prototype", "unknown-kind", signWire({ ...envelope, kind: "constructor" })),
    vector("another network", "wrong-network", signWire({ ...envelope, network: otherNetwork() })),
    vector("signed by another key", "bad-signature", signWire(envelope, other.secretKey)),
    vector("author exchanged", "bad-signature", exchangeAuthor(envelope)),
    vector("signed without domain", "bad-signature", signWithoutDomain(envelope)),
    vector("timestamp changed after signing", "bad-signature", changeAfterSigning(good)),
    { name: "too large", code: "message-too-large", zeros: LIMITS.messageBytes + 1 },
    ...largeForKind(kind, envelope, body),
    ...fieldVectors,
    ...Object.entries(broken).map(([name, breakIt]) => vector(name, "schema", withBody(breakIt(body)))),
    ...Object.entries(refused).map(([name, [code, breakIt]]) => vector(name, code, withBody(breakIt(body)))),
  ];
}

function signWire(wire: Wire, secretKey = author.secretKey): Uint8Array {
  return encodeCbor({ ...wire, signature: hexToBytes(signBytes(secretKey, signedBytes(wire))) });
}

function signWithoutDomain(wire: Wire): Uint8Array {
  return encodeCbor({ ...wire, signature: hexToBytes(signBytes(author.secretKey, encodeCbor(wire))) });
}

function exchangeAuthor(wire: Wire): Uint8Array {
  const signature = hexToBytes(signBytes(author.secretKey, signedBytes(wire)));
  return encodeCbor({ ...wire, author: hexToBytes(other.nodeId), signature });
}

function changeAfterSigning(good: Uint8Array): Uint8Array {
  const wire: Wire = Object(decodeCbor(good));
  return encodeCbor({ ...wire, timestampMs: START_MS + 1_000 });
}

/** Only message sets may use the whole limit. Of kinds whose own limit is small enough to print. */
function largeForKind(kind: Kind, envelope: Wire, body: Wire): RefusedVector[] {
  const { maximumBytes } = KINDS[kind];
  if (maximumBytes > LIMITS.attestationBytes) return [];
  const bytes = signWire({ ...envelope, body: { ...body, note: "x".repeat(maximumBytes) } });
  return [{ name: "too large for its kind", code: "message-too-large", bytes: bytesToHex(bytes) }];
}

function without(wire: Wire, field: string): Wire {
  return Object.fromEntries(Object.entries(wire).filter(([name]) => name !== field));
}

function otherNetwork() {
  return parseCid(genesis.model.manifestCid);
}

/** Same content, another encoding: the integer 1 written as a 64-bit float. */
function floatVersion(good: Uint8Array): Uint8Array {
  const key = concatBytes(Uint8Array.of(0x67), utf8ToBytes("version"));
  // The last one: a body may hold messages of its own.
  const at = bytesToHex(good).lastIndexOf(bytesToHex(key)) / 2 + key.length;
  const float = Uint8Array.of(0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0);
  return concatBytes(good.subarray(0, at), float, good.subarray(at + 1));
}
