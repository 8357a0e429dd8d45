import { cid, epoch, hex, ppm, reportedMetrics, wei } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";
import type { Cid, Hex, ReportedMetrics } from "../../primitives.ts";

/** Reveals a commit: the bundle, and what its author says of it. */
export interface SubmissionBody {
  readonly epoch: number;
  /** CID of the adapter version that the delta was trained on. */
  readonly baseModelVersion: Cid;
  /** CID of the bundle. */
  readonly deltaCid: Cid;
  readonly deltaType: "adapter";
  readonly reportedMetrics: ReportedMetrics;
  readonly confidencePpm: number;
  /** 32 bytes. */
  readonly salt: Hex;
  readonly stakeWei: bigint;
}

export const submissionBody = z.strictObject({
  epoch,
  baseModelVersion: cid,
  deltaCid: cid,
  deltaType: z.literal("adapter"),
  reportedMetrics,
  confidencePpm: ppm,
  salt: hex(LIMITS.saltBytes),
  stakeWei: wei,
});
