import * as dagCbor from "@ipld/dag-cbor";
import { sha256 } from "@noble/hashes/sha2.js";
import { CID } from "multiformats/cid";
import { bytesToHex, equalBytes } from "../bytes.ts";
import { type ParleyError, reject } from "../errors.ts";
import type { Cid, Hash } from "../primitives.ts";
import {
  CID_PREFIX_BYTES,
  cidText,
  cidTextBytes,
  DAG_CBOR_CODE,
  RAW_CODE,
  SHA2_256_CODE,
} from "./cid-text.ts";

export { DAG_CBOR_CODE, RAW_CODE };

/** CIDv1 with sha2-256; codec dag-cbor unless `raw` is asked for. */
export function cidOf(bytes: Uint8Array, codec: "dag-cbor" | "raw" = "dag-cbor"): Cid {
  return cidOfDigest(sha256(bytes), codec);
}

/** The same of bytes that were hashed piece by piece. */
export function cidOfDigest(digest: Uint8Array, codec: "dag-cbor" | "raw"): Cid {
  return cidText(codec === "raw" ? RAW_CODE : DAG_CBOR_CODE, digest);
}

/** The 36 bytes of a CID of this protocol. Throws ParleyError malformed-cid. */
export function cidBytes(cid: Cid): Uint8Array {
  const bytes = cidTextBytes(cid);
  if (bytes === undefined) throw malformedCid(cid);
  return bytes;
}

/** The sha2-256 digest inside a CID. Throws ParleyError malformed-cid. */
export function cidDigest(cid: Cid): Hash {
  return bytesToHex(cidBytes(cid).subarray(CID_PREFIX_BYTES));
}

/** Throws ParleyError malformed-cid. */
export function parseCid(text: Cid): CID {
  return CID.decode(cidBytes(text));
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
