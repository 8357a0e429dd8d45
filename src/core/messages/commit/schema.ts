import { bytesToHex, hashWithDomain, hexToBytes } from "../../bytes.ts";
import { cidBytes } from "../../codec/dag-cbor.ts";
import { epoch, hash, wei } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { DOMAINS } from "../../domains.ts";
import type { Cid, Hash, Hex, NodeId } from "../../primitives.ts";

/** Promise of one delta, made before anyone's delta is visible. */
export interface CommitBody {
  readonly epoch: number;
  readonly commitment: Hash;
  readonly bondWei: bigint;
}

export const commitBody = z.strictObject({ epoch, commitment: hash, bondWei: wei });

/** sha256(domain ‖ 0x00 ‖ author (32) ‖ bundle CID (36) ‖ salt (32)): the author inside keeps others from copying it. */
export function commitmentOf(author: NodeId, deltaCid: Cid, salt: Hex): Hash {
  return bytesToHex(
    hashWithDomain(DOMAINS.commitment, hexToBytes(author), cidBytes(deltaCid), hexToBytes(salt)),
  );
}
