import { cid, epoch, hash, reportedMetrics } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import type { Cid, Hash, ReportedMetrics } from "../../primitives.ts";
import type { RulingChoice } from "../../state.ts";

/** A juror's finding. */
export interface RulingBody {
  readonly epoch: number;
  /** CID of the dispute message. */
  readonly dispute: Cid;
  readonly ruling: RulingChoice;
  /** As the juror measured the delta; null when it could not be measured at all. */
  readonly metrics: ReportedMetrics | null;
  readonly workDigest: Hash | null;
}

export const rulingBody = z
  .strictObject({
    epoch,
    dispute: cid,
    ruling: z.enum(["uphold", "overturn", "audit"]),
    metrics: reportedMetrics.nullable(),
    workDigest: hash.nullable(),
  })
  .refine(
    (body) => (body.metrics === null) === (body.workDigest === null),
    "metrics and digest come together",
  );
