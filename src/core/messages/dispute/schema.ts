import { cid, epoch, hash, reportedMetrics, wei } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import type { Cid, Hash, ReportedMetrics } from "../../primitives.ts";

/** Says that a verdict was wrong, and stakes a bond on it; a drawn auditor needs none. */
export interface DisputeBody {
  /** Epoch in which the dispute is made. */
  readonly epoch: number;
  /** The submission whose verdict is disputed. */
  readonly submission: Cid;
  readonly deltaCid: Cid;
  /** What the disputer measured; null when the delta could not be measured at all. */
  readonly metrics: ReportedMetrics | null;
  readonly workDigest: Hash | null;
  readonly bondWei: bigint;
}

export const disputeBody = z
  .strictObject({
    epoch,
    submission: cid,
    deltaCid: cid,
    metrics: reportedMetrics.nullable(),
    workDigest: hash.nullable(),
    bondWei: wei,
  })
  .refine(
    (body) => (body.metrics === null) === (body.workDigest === null),
    "metrics and digest come together",
  );
