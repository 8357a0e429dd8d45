import { bytesToHex, hashWithDomain, hexToBytes } from "../../bytes.ts";
import { cidBytes } from "../../codec/dag-cbor.ts";
import { epoch, hash } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { DOMAINS } from "../../domains.ts";
import type { Cid, Hash, Hex, NodeId } from "../../primitives.ts";

/** The keeper's promise of held-out tasks, included in an epoch before the one that they judge. */
export interface HeldOutCommitBody {
  readonly epoch: number;
  readonly commitment: Hash;
}

export const heldOutCommitBody = z.strictObject({ epoch, commitment: hash });

/** sha256("parley/held-out/1" ‖ 0x00 ‖ keeper (32) ‖ CID of the tasks (36) ‖ salt (32)). */
export function heldOutCommitmentOf(keeper: NodeId, tasks: Cid, salt: Hex): Hash {
  return bytesToHex(hashWithDomain(DOMAINS.heldOut, hexToBytes(keeper), cidBytes(tasks), hexToBytes(salt)));
}
