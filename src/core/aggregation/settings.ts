import type { AggregatorName, Parameters } from "../parameters.ts";

/** How a network makes one change out of many deltas. The same names stand in its parameters. */
export interface AggregationSettings {
  readonly aggregator: AggregatorName;
  /** Share of the weight that may lie; below a half. The mean knows no such share. */
  readonly toleratedPpm: number;
  /** Each delta is first brought to this L2 norm, in micro-units (1e-6). */
  readonly clipNormMicro: number;
  /** Places where the weighted signs of the deltas agree less than this do not move; 0 switches it off. */
  readonly agreementThresholdPpm: number;
  /** β of v' = ⌊β·v⌋ + change; 0 keeps no velocity. */
  readonly outerMomentumPpm: number;
  /** η of version' = version + ⌊η·v'⌋; at most 2,000,000, so that int32 · η stays below 2^53. */
  readonly outerLearningRatePpm: number;
  readonly clusters: ClusterSettings;
}

export interface ClusterSettings {
  /** How many there may be; 0 switches them off. */
  readonly maximum: number;
  /** A delta whose cosine with every cluster is below this opens a new one while there is room. */
  readonly similarityPpm: number;
}

export const ONE_PPM = 1_000_000;

/** The part of a network's parameters that this folder reads. */
export function aggregationSettings(parameters: Parameters): AggregationSettings {
  return {
    aggregator: parameters.aggregator,
    toleratedPpm: parameters.aggregatorToleratedPpm,
    clipNormMicro: parameters.deltaClipNormMicro,
    agreementThresholdPpm: parameters.agreementThresholdPpm,
    outerMomentumPpm: parameters.outerMomentumPpm,
    outerLearningRatePpm: parameters.outerLearningRatePpm,
    clusters: { maximum: parameters.clusterMaximum, similarityPpm: parameters.clusterSimilarityPpm },
  };
}

/** What bench/attacks.ts finds best. */
export const DEFAULT_AGGREGATION: AggregationSettings = {
  aggregator: "neighbour-mixing",
  toleratedPpm: 300_000,
  clipNormMicro: 6_000_000,
  agreementThresholdPpm: 0,
  outerMomentumPpm: 0,
  outerLearningRatePpm: ONE_PPM,
  clusters: { maximum: 0, similarityPpm: 300_000 },
};
