import { cid, code, count, epoch, hash, hex, reportedMetrics } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";
import type { Cid, Hash, Hex, ReportedMetrics } from "../../primitives.ts";

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
  /**
   * For each drawn validator, reserves included, in the order drawn: 16 bytes by which the work digest that it must show can
   * be recognised, and not be found out. Empty when there was no benchmark.
   */
  readonly checks: readonly Hex[];
  /** On the epoch's held-out tasks; null when none were revealed or there was no benchmark. */
  readonly heldOut: HeldOutResult | null;
  readonly environmentCid: Cid;
}

export interface HeldOutResult {
  /** CID of the tasks. */
  readonly tasks: Cid;
  /** Loss of the version before, and of it with the delta. */
  readonly lossBeforeMicroNats: number;
  readonly lossMicroNats: number;
}

export const CHECK_BYTES = 16;

export const attestationBody = z
  .strictObject({
    epoch,
    submission: cid,
    deltaCid: cid,
    pass: z.boolean(),
    reason: code.nullable(),
    metrics: reportedMetrics.nullable(),
    workDigest: hash.nullable(),
    checks: z
      .array(hex(CHECK_BYTES))
      .max(2 * LIMITS.committeeMembers)
      .readonly(),
    heldOut: z.strictObject({ tasks: cid, lossBeforeMicroNats: count, lossMicroNats: count }).nullable(),
    environmentCid: cid,
  })
  .refine((body) => body.pass === (body.reason === null), "a reason belongs to a failure, and only there")
  .refine((body) => !body.pass || body.metrics !== null, "a pass needs metrics")
  .refine(
    (body) => (body.metrics === null) === (body.workDigest === null),
    "metrics and digest come together",
  )
  .refine(
    (body) => body.metrics !== null || (body.checks.length === 0 && body.heldOut === null),
    "checks and held-out results need metrics",
  );
