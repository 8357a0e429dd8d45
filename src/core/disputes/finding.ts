/** What measuring a delta again says of the verdict on it. */
import { sameMetrics } from "../epoch/check-submission.ts";
import { utilityPpm } from "../epoch/utility.ts";
import { type ErrorData, reject } from "../errors.ts";
import type { Parameters } from "../parameters.ts";
import type { ReportedMetrics } from "../primitives.ts";
import type { VerdictRecord } from "../state.ts";

/** The one reason among disputable refusals that is nobody's fault. */
export const TOO_LOW = "utility-too-low";
/** A jury could not measure it at all. */
export const UNMEASURABLE = "unmeasurable";
/** A jury trained again, and the run that the bundle claims did not give its delta. */
export const UNFAITHFUL = "unfaithful-training";

export interface Outcome {
  readonly passed: boolean;
  /** Code when it is refused. */
  readonly reason: string | null;
}

/** null: it could not be measured. */
export function sameMeasured(a: ReportedMetrics | null, b: ReportedMetrics | null): boolean {
  return a === null || b === null ? a === b : sameMetrics(a, b);
}

/** Whether these metrics mean that the verdict was wrong. */
export function contradicts(record: VerdictRecord, metrics: ReportedMetrics | null): boolean {
  return !sameMeasured(metrics, record.metrics) || refutesItself(record);
}

/** A committee that measured what the author had reported, and still called it the author's fault. */
function refutesItself(record: VerdictRecord): boolean {
  return isAuthorsFault(record) && sameMeasured(record.metrics, record.reportedMetrics);
}

/** What the verdict should have been, from what the delta measures. */
export function outcomeOf(
  { minimumUtilityPpm }: Parameters,
  record: VerdictRecord,
  metrics: ReportedMetrics | null,
): Outcome {
  if (metrics === null) return { passed: false, reason: UNMEASURABLE };
  // Only a deeper audit can find fault with a delta that does what was said of it.
  if (record.passed && sameMeasured(metrics, record.metrics)) return { passed: false, reason: UNFAITHFUL };
  if (!sameMetrics(metrics, record.reportedMetrics)) return { passed: false, reason: "metrics-mismatch" };
  const isTooLow = metrics.utilityPpm === 0 || metrics.utilityPpm < minimumUtilityPpm;
  return isTooLow ? { passed: false, reason: TOO_LOW } : { passed: true, reason: null };
}

/** Refused for what its author alone could have done otherwise. */
export function isAuthorsFault({ passed, reason }: Pick<VerdictRecord, "passed" | "reason">): boolean {
  return !passed && reason !== TOO_LOW;
}

/** Code utility-mismatch (REJECT): the utility is not the one that follows from loss and version before. */
export function checkMeasured(record: VerdictRecord, metrics: ReportedMetrics | null): ErrorData | undefined {
  if (metrics === null) return undefined;
  const expected = utilityPpm(record.baseMetrics, metrics);
  if (metrics.utilityPpm === expected) return undefined;
  const message = "The utility does not follow from the loss";
  return reject("utility-mismatch", message, `${expected} ppm`, `${metrics.utilityPpm} ppm`).data;
}
