import { sha256 } from "@noble/hashes/sha2.js";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { create } from "multiformats/hashes/digest";
import type { Cid } from "../core/primitives.ts";

const SHA2_256 = 0x12;

/** CIDv1, codec raw, sha2-256: names a file by its bytes. */
export function rawCid(bytes: Uint8Array): Cid {
  return CID.createV1(raw.code, create(SHA2_256, sha256(bytes))).toString();
}
