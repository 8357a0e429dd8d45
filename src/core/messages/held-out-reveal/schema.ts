import { cid, epoch, hex } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";
import type { Cid, Hex } from "../../primitives.ts";

/** The keeper's tasks, shown when no submission can be changed any more. */
export interface HeldOutRevealBody {
  readonly epoch: number;
  /** CID of the tasks artifact. */
  readonly tasks: Cid;
  /** 32 bytes. */
  readonly salt: Hex;
}

export const heldOutRevealBody = z.strictObject({ epoch, tasks: cid, salt: hex(LIMITS.saltBytes) });
