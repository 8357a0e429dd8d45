import { cid, code, epoch, hash, reportedMetrics } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import type { Cid, Hash, ReportedMetrics } from "../../primitives.ts";

/** A committee member's finding on one submission. */
export interface AttestationBody {
  readonly epoch: number;
  /** CID of the submission message. */
  readonly submission: Cid;
  readonly deltaCid: Cid;
  readonly pass: boolean;
  /** Error code when it did not pass, null when it did. */
  readonly reason: string | null;
  /** What the validator measured; null when it failed before the benchmark. */
  readonly metrics: ReportedMetrics | null;
  readonly workDigest: Hash | null;
  readonly environmentCid: Cid;
}

export const attestationBody = z
  .strictObject({
    epoch,
    submission: cid,
    deltaCid: cid,
    pass: z.boolean(),
    reason: code.nullable(),
    metrics: reportedMetrics.nullable(),
    workDigest: hash.nullable(),
    environmentCid: cid,
  })
  .refine((body) => body.pass === (body.reason === null), "a reason belongs to a failure, and only there")
  .refine((body) => !body.pass || body.metrics !== null, "a pass needs metrics")
  .refine(
    (body) => (body.metrics === null) === (body.workDigest === null),
    "metrics and digest come together",
  );
