import { floorDiv, saturateInt32 } from "../fixed-point/integers.ts";
import type { Adapter } from "../primitives.ts";
import { addChange, type Change } from "./change.ts";
import { type AggregationSettings, ONE_PPM } from "./settings.ts";

export interface OuterStep {
  readonly adapter: Adapter;
  /** v', an artifact in the encoding of an adapter version; null while the momentum is 0. */
  readonly velocity: Adapter | null;
  /** What was added to the version before it saturated. */
  readonly change: Change;
}

/**
 * Outer momentum (Reddi et al. 2020, arXiv:2003.00295; DiLoCo, arXiv:2311.08105) in units of 2^-20:
 * v' = ⌊β·v⌋ + change, version' = version + ⌊η·v'⌋; int32, saturating. With β = 0 and η = 1 the version moves by the change.
 */
export function outerStep(
  version: Adapter,
  velocity: Adapter | null,
  change: Change,
  { outerMomentumPpm, outerLearningRatePpm }: AggregationSettings,
): OuterStep {
  const keeps = outerMomentumPpm > 0;
  const moved =
    keeps && velocity !== null ? addChange(scaled(velocity, outerMomentumPpm), change) : undefined;
  const next: Adapter = moved ?? { ...version, tensors: change };
  const step = scaled(next, outerLearningRatePpm).tensors;
  return { adapter: addChange(version, step), velocity: keeps ? next : null, change: step };
}

function scaled(adapter: Adapter, factorPpm: number): Adapter {
  if (factorPpm === ONE_PPM) return adapter;
  const tensors = adapter.tensors.map((tensor) => ({
    ...tensor,
    data: tensor.data.map((value) => saturateInt32(floorDiv(value * factorPpm, ONE_PPM))),
  }));
  return { ...adapter, tensors };
}
