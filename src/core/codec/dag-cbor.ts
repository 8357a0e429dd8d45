import * as dagCbor from "@ipld/dag-cbor";
import { sha256 } from "@noble/hashes/sha2.js";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { bytesToHex, equalBytes } from "../bytes.ts";
import { type ParleyError, reject } from "../errors.ts";
import type { Cid, Hash } from "../primitives.ts";

export const DAG_CBOR_CODE = 0x71;
export const RAW_CODE = 0x55;
const SHA2_256_CODE = 0x12;

/** CIDv1 with sha2-256; codec dag-cbor unless `raw` is asked for. */
export function cidOf(bytes: Uint8Array, codec: "dag-cbor" | "raw" = "dag-cbor"): Cid {
  return cidOfDigest(sha256(bytes), codec);
}

/** The same of bytes that were hashed piece by piece. */
export function cidOfDigest(digest: Uint8Array, codec: "dag-cbor" | "raw"): Cid {
  const code = codec === "raw" ? RAW_CODE : DAG_CBOR_CODE;
  return CID.createV1(code, Digest.create(SHA2_256_CODE, digest)).toString();
}

/** The 36 bytes of a CID of this protocol. Throws ParleyError malformed-cid. */
export function cidBytes(cid: Cid): Uint8Array {
  return parseCid(cid).bytes;
}

/** The sha2-256 digest inside a CID. Throws ParleyError malformed-cid. */
export function cidDigest(cid: Cid): Hash {
  return bytesToHex(parseCid(cid).multihash.digest);
}

/** Throws ParleyError malformed-cid. */
export function parseCid(text: Cid): CID {
  try {
    const cid = CID.parse(text);
    if (isProtocolCid(cid) && cid.toString() === text) return cid;
  } catch {
    // Falls through to the one error that says what a CID is here.
  }
  throw malformedCid(text);
}

/** CIDv1, dag-cbor or raw, sha2-256: the only CIDs of this protocol. */
export function isProtocolCid(cid: CID): boolean {
  return (
    cid.version === 1 &&
    (cid.code === DAG_CBOR_CODE || cid.code === RAW_CODE) &&
    cid.multihash.code === SHA2_256_CODE &&
    cid.multihash.digest.length === 32
  );
}

function malformedCid(text: string): ParleyError {
  return reject("malformed-cid", "Not a CID of this protocol", "CIDv1, dag-cbor or raw, sha2-256", text);
}

/** DAG-CBOR of plain data (https://ipld.io/specs/codecs/dag-cbor/spec/). A plain Uint8Array: in Node the encoder's is a Buffer. */
export function encodeCbor(value: unknown): Uint8Array {
  return new Uint8Array(dagCbor.encode(value));
}

/**
 * Plain data of canonical DAG-CBOR. A block has exactly one encoding, else two CIDs would name one content.
 * Throws ParleyError malformed-cbor, not-canonical.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  let value: unknown;
  let canonical: Uint8Array;
  try {
    value = dagCbor.decode(bytes);
    canonical = dagCbor.encode(value);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw reject("malformed-cbor", "Not DAG-CBOR", "one DAG-CBOR value", detail);
  }
  if (!equalBytes(bytes, canonical)) {
    throw reject("not-canonical", "Not the canonical encoding of its content", "canonical DAG-CBOR");
  }
  return value;
}
