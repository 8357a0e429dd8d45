import type { Attack } from "../sim/attacks/attacks.ts";
import { aggregate } from "../src/core/aggregation/aggregate.ts";
import { addChange, type Change } from "../src/core/aggregation/change.ts";
import { type AggregationSettings, DEFAULT_AGGREGATION } from "../src/core/aggregation/settings.ts";
import { sparsify, withResidual } from "../src/core/aggregation/sparsify.ts";
import type { Adapter, DenseDelta, SparseDelta } from "../src/core/primitives.ts";
import {
  asDelta,
  evaluate,
  type FederatedTask,
  makeTask,
  poisoned,
  randomFrom,
  train,
  triggered,
} from "./federated-task.ts";

export interface FederatedRun {
  readonly nodes: number;
  readonly rounds: number;
  readonly seed: number;
  readonly features?: number;
  readonly settings?: Partial<AggregationSettings>;
  /** The last 30 % of the nodes lie; without an attack they are silent. */
  readonly attack?: Attack | undefined;
  /** Deltas are sparse, with error feedback. */
  readonly densityPpm?: number;
}

export interface FederatedResult {
  /** Test loss before minus after, in nats. */
  readonly gain: number;
  readonly accuracy: number;
  /** Share of the triggered test examples that get the attacker's class. */
  readonly backdoorShare: number;
}

const LIARS_PER_TEN = 3;
const ONE = 2 ** 20;

/**
 * Rounds of training at every node, aggregation by the code of the network (equal weights, nothing verified before) and the
 * next version for all. The clip norm is twice the median norm of the first round's honest deltas.
 */
export function runFederated(run: FederatedRun): FederatedResult {
  const task = makeTask(run.nodes, run.seed, run.features);
  const random = randomFrom(run.seed * 7_919 + 5);
  // Of their own, so that the honest nodes do the same with and without liars.
  const liarsRandom = randomFrom(run.seed * 7_919 + 6);
  const honestCount = run.nodes - Math.floor((run.nodes * LIARS_PER_TEN) / 10);
  const residuals = new Map<number, Change | null>();
  let version: Adapter = {
    baseModel: "",
    rank: 10,
    tensors: task.specs.map((spec) => ({ ...spec, data: new Int32Array(task.parameters) })),
  };
  const before = evaluate(weightsOf(version), task.test);
  let clipNormMicro = 0;
  for (let round = 0; round < run.rounds; round++) {
    const weights = weightsOf(version);
    const honest = task.nodes.slice(0, honestCount).map((node) => train(weights, node, random));
    if (round === 0) clipNormMicro = Math.round(2e6 * medianNorm(honest));
    const vectors = [...honest, ...lies(run, task, weights, honest, liarsRandom)];
    const deltas = vectors.flatMap((vector, i) => {
      const dense = asDelta(task, vector);
      const delta = run.densityPpm === undefined ? dense : sparse(dense, run.densityPpm, residuals, i);
      return delta === null ? [] : [{ cid: `${i}`.padStart(4, "0"), weight: 1n, delta }];
    });
    const settings = { ...DEFAULT_AGGREGATION, ...run.settings, clipNormMicro };
    version = addChange(version, aggregate(task.specs, deltas, settings));
  }
  const after = evaluate(weightsOf(version), task.test);
  return {
    gain: before.loss - after.loss,
    accuracy: after.accuracy,
    backdoorShare: evaluate(weightsOf(version), triggered(task.test)).accuracy,
  };
}

function lies(
  { attack }: FederatedRun,
  { nodes }: FederatedTask,
  weights: Float64Array,
  honest: readonly Float64Array[],
  random: () => number,
): readonly Float64Array[] {
  if (attack === undefined) return [];
  const liars = nodes.slice(honest.length);
  return attack({
    honest,
    liars: liars.length,
    // Trained only for attacks that look.
    get own() {
      return liars.map((node) => train(weights, node, random));
    },
    get poisoned() {
      return liars.map((node) => train(weights, poisoned(node), random));
    },
    random,
  });
}

function sparse(
  delta: DenseDelta,
  densityPpm: number,
  residuals: Map<number, Change | null>,
  node: number,
): SparseDelta | null {
  const made = sparsify(withResidual(delta, residuals.get(node) ?? null), delta.rank, densityPpm);
  residuals.set(node, made.residual);
  return made.delta;
}

function weightsOf({ tensors }: Adapter): Float64Array {
  return Float64Array.from(tensors[0]?.data ?? [], (value) => value / ONE);
}

function medianNorm(vectors: readonly Float64Array[]): number {
  const norms = vectors.map((vector) => Math.hypot(...vector)).sort((a, b) => a - b);
  return norms[norms.length >> 1] ?? 0;
}
