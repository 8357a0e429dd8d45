import { cid, epoch, hex, ppm, reportedMetrics, wei } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";
import type { Cid, Hex, ReportedMetrics } from "../../primitives.ts";

export const DELTA_TYPES = ["adapter", "sparse", "full"] as const;
export type DeltaType = (typeof DELTA_TYPES)[number];

/** Reveals a commit: the bundle, and what its author says of it. */
export interface SubmissionBody {
  readonly epoch: number;
  /** CID of the adapter version that the delta was trained on. */
  readonly baseModelVersion: Cid;
  /** CID of the bundle. */
  readonly deltaCid: Cid;
  readonly deltaType: DeltaType;
  readonly reportedMetrics: ReportedMetrics;
  readonly confidencePpm: number;
  /** 32 bytes. */
  readonly salt: Hex;
  readonly stakeWei: bigint;
  /** CID of a proof of small properties; nothing reads it yet but whoever wants to. */
  readonly proof: Cid | null;
}

export const submissionBody = z.strictObject({
  epoch,
  baseModelVersion: cid,
  deltaCid: cid,
  deltaType: z.enum(DELTA_TYPES),
  reportedMetrics,
  confidencePpm: ppm,
  salt: hex(LIMITS.saltBytes),
  stakeWei: wei,
  proof: cid.nullable(),
});
