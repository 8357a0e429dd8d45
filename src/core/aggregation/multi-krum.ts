import type { TensorSpec } from "../primitives.ts";
import type { Change } from "./change.ts";
import { clippedProducts, squaredDistances } from "./distances.ts";
import { krumChoice } from "./krum-choice.ts";
import { mean } from "./mean.ts";
import type { AggregationSettings } from "./settings.ts";
import type { ClippedDelta } from "./weighted.ts";

/**
 * Multi-Krum (Blanchard et al. 2017, arXiv:1703.02757), with weights: a delta's score is the sum of weight × squared distance
 * over the nearest deltas, itself among them, that hold the honest share of the weight (1 − tolerated); those with the
 * smallest scores are taken until they hold that share, and the result is their weighted mean. With equal weights this is
 * Multi-Krum with n − f − 1 neighbours and n − f taken (the paper has n − f − 2 neighbours). Equal scores: ascending CID.
 */
export function multiKrum(
  specs: readonly TensorSpec[],
  deltas: readonly ClippedDelta[],
  settings: AggregationSettings,
): Change {
  if (deltas.length === 1) return mean(specs, deltas);
  const taken = krumChoice(squaredDistances(clippedProducts(deltas)), deltas, settings.toleratedPpm);
  return mean(
    specs,
    deltas.filter((_, i) => taken.has(i)),
  );
}
