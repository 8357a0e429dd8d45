import { checkedAdd, clamp, floorDiv, mulDiv } from "../fixed-point/integers.ts";
import { sigmoidPpm } from "../fixed-point/sigmoid.ts";
import type { Metrics } from "../primitives.ts";
import type { CalibrationBucket, State } from "../state.ts";

const PPM = 1_000_000;

/** u_obs: share of the loss before that is gone after, ppm, rounded down; 0 when it got worse. */
export function utilityPpm(
  before: Pick<Metrics, "lossMicroNats">,
  after: Pick<Metrics, "lossMicroNats">,
): number {
  const saved = before.lossMicroNats - after.lossMicroNats;
  return saved <= 0 ? 0 : mulDiv(saved, PPM, before.lossMicroNats);
}

/** Tenth of the confidence range, 0 to 9. */
export function bucketOf(confidencePpm: number, buckets: number): number {
  return clamp(floorDiv(confidencePpm * buckets, PPM), 0, buckets - 1);
}

/**
 * utility = u_obs · (1 + alpha · sigmoid(k · (u_obs − mean u_obs of the confidence's bucket))), ppm, rounded down.
 * The mean is the one before this epoch, rounded down; in a bucket nobody used yet it is u_obs itself.
 */
export function scorePpm(state: State, observedPpm: number, confidencePpm: number): number {
  const { utilityAlphaPpm, utilitySigmoidK } = state.parameters;
  const bucket = state.calibration[bucketOf(confidencePpm, state.calibration.length)];
  const unused = bucket === undefined || bucket.count === 0;
  const meanPpm = unused ? observedPpm : floorDiv(bucket.utilitySumPpm, bucket.count);
  const calibrationPpm = sigmoidPpm(utilitySigmoidK * (observedPpm - meanPpm));
  return observedPpm + mulDiv(observedPpm, utilityAlphaPpm * calibrationPpm, PPM * PPM);
}

export interface Observation {
  readonly confidencePpm: number;
  readonly observedPpm: number;
}

/** Buckets after an epoch: every verified utility counts once. Order does not matter. */
export function nextCalibration(state: State, observations: readonly Observation[]): CalibrationBucket[] {
  const next = state.calibration.map((bucket) => ({ ...bucket }));
  for (const { confidencePpm, observedPpm } of observations) {
    const bucket = next[bucketOf(confidencePpm, next.length)];
    if (bucket === undefined) continue;
    bucket.count += 1;
    bucket.utilitySumPpm = checkedAdd(bucket.utilitySumPpm, observedPpm);
  }
  return next;
}
