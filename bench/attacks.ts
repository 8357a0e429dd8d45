import { ATTACKS, type Attack, type AttackName, innerProduct, smallAndMany } from "../sim/attacks/attacks.ts";
import { DEFAULT_AGGREGATION } from "../src/core/aggregation/settings.ts";
import { AGGREGATORS, type AggregatorName } from "../src/core/parameters.ts";
import { type FederatedResult, runFederated } from "./federated-run.ts";
import type { Emit } from "./figure.ts";

const NODES = 30;
const ROUNDS = 30;
const SEEDS = [1, 2, 3];
/** Of the aggregators that are not the default. */
const FEW_SEEDS = [1];
const AGAINST = "gain of the same honest nodes alone, under the mean";

/** Each attack as it is known to hurt; where it has a strength, the worst of several counts. */
const STRENGTHS: Readonly<Record<AttackName, readonly Attack[]>> = {
  "sign-flip": [ATTACKS["sign-flip"]],
  "scaled-noise": [ATTACKS["scaled-noise"]],
  backdoor: [ATTACKS.backdoor],
  "inner-product": [0.1, 0.5, 1, 2].map(innerProduct),
  "small-and-many": [ATTACKS["small-and-many"], smallAndMany(1), smallAndMany(1.5)],
};

const NAMES = ["sign-flip", "scaled-noise", "backdoor", "inner-product", "small-and-many"] as const;

/**
 * What 30 % liars cost, on the aggregator alone: no committee looks at the deltas before, all weights are equal, and the
 * liars see the honest deltas of the round. Thirty rounds of softmax regression on skewed data (federated-task.ts), 21 honest
 * nodes and 9 liars; the mean over three seeds, one for aggregators that are not the default. `ratio` is the share of the honest gain (fall of the test loss) that is lost.
 * The default aggregator has the plain names, the others theirs behind.
 */
export function run(emit: Emit): void {
  const alone = SEEDS.map((seed) => runFederated({ ...base(seed, "mean"), attack: undefined }));
  for (const aggregator of AGGREGATORS) {
    const isDefault = aggregator === DEFAULT_AGGREGATION.aggregator;
    const seeds = isDefault ? SEEDS : FEW_SEEDS;
    const suffix = isDefault ? "" : `.${aggregator}`;
    const figure = (name: string, share: number) => {
      const rounded = Number(share.toFixed(4));
      emit({
        name: `core.attack.${name}${suffix}`,
        value: Number((100 * share).toFixed(2)),
        unit: "% of the honest gain lost",
        ratio: rounded,
        against: AGAINST,
      });
    };
    figure("none", lost(alone, measure(aggregator, seeds, undefined)));
    for (const name of NAMES) {
      const results = STRENGTHS[name].map((attack) => measure(aggregator, seeds, attack));
      figure(name, Math.max(...results.map((runs) => lost(alone, runs))));
      if (name !== "backdoor") continue;
      const share = average(results.flat().map(({ backdoorShare }) => backdoorShare));
      emit({
        name: `core.attack.backdoor.success${suffix}`,
        value: Number((100 * share).toFixed(1)),
        unit: "% of triggered examples",
        ratio: Number(
          (share / average(alone.slice(0, seeds.length).map((runs) => runs.backdoorShare))).toFixed(2),
        ),
        against: "the same without liars",
      });
    }
  }
}

function base(seed: number, aggregator: AggregatorName) {
  return { nodes: NODES, rounds: ROUNDS, seed, settings: { aggregator } };
}

function measure(
  aggregator: AggregatorName,
  seeds: readonly number[],
  attack: Attack | undefined,
): readonly FederatedResult[] {
  return seeds.map((seed) => runFederated({ ...base(seed, aggregator), attack }));
}

function lost(alone: readonly FederatedResult[], attacked: readonly FederatedResult[]): number {
  return average(attacked.map(({ gain }, i) => 1 - gain / (alone[i]?.gain ?? 0)));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
