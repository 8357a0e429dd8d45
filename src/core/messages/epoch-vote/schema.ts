import type { EpochRoot } from "../../chain-types.ts";
import { cid, epoch, hex, integer } from "../../codec/fields.ts";
import { epochRoot } from "../../codec/shared.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";
import type { Cid, Hex } from "../../primitives.ts";

/** A validator's signature under the root that it computed from a message set. */
export interface EpochVoteBody {
  readonly epoch: number;
  readonly round: number;
  /** CID of the message-set message. */
  readonly messageSet: Cid;
  readonly root: EpochRoot;
  /** 65 bytes r ‖ s ‖ v over the EIP-712 digest of `root`, by the operator key. */
  readonly operatorSignature: Hex;
}

export const epochVoteBody = z
  .strictObject({
    epoch,
    round: integer(0, LIMITS.roundsPerEpoch),
    messageSet: cid,
    root: epochRoot,
    operatorSignature: hex(65),
  })
  .refine((body) => body.root.epoch === body.epoch, "root of another epoch");
