import type { AggregatorName } from "../parameters.ts";
import type { TensorSpec } from "../primitives.ts";
import { withoutDisagreement } from "./agreement.ts";
import { centredClipping } from "./centred-clipping.ts";
import { type Change, noChange } from "./change.ts";
import { mean } from "./mean.ts";
import { multiKrum } from "./multi-krum.ts";
import { neighbourMixing } from "./neighbour-mixing.ts";
import type { AggregationSettings } from "./settings.ts";
import { trimmedMean } from "./trimmed-mean.ts";
import { type ClippedDelta, prepareDeltas, type WeightedDelta } from "./weighted.ts";

/**
 * One change out of many: exact integers, the same for every order of the deltas that `prepareDeltas` puts in order.
 * At least one delta, all of the shapes of `specs`.
 */
export type Aggregator = (
  specs: readonly TensorSpec[],
  deltas: readonly ClippedDelta[],
  settings: AggregationSettings,
) => Change;

const AGGREGATOR_OF: Readonly<Record<AggregatorName, Aggregator>> = {
  mean,
  "trimmed-mean": trimmedMean,
  "multi-krum": multiKrum,
  "centred-clipping": centredClipping,
  "neighbour-mixing": neighbourMixing,
};

/**
 * What a network learns from an epoch's deltas, in units of 2^-20, before the outer step. Nothing when no delta has weight.
 * A single delta within the clip norm is adopted exactly, whatever the aggregator.
 */
export function aggregate(
  specs: readonly TensorSpec[],
  deltas: readonly WeightedDelta[],
  settings: AggregationSettings,
): Change {
  const prepared = prepareDeltas(deltas, settings.clipNormMicro);
  if (prepared.length === 0) return noChange(specs);
  const change = AGGREGATOR_OF[settings.aggregator](specs, prepared, settings);
  return withoutDisagreement(change, prepared, settings.agreementThresholdPpm);
}
