import { clamp, floorDiv } from "../fixed-point/integers.ts";
import type { TensorSpec } from "../primitives.ts";
import type { Change } from "./change.ts";
import { type AggregationSettings, ONE_PPM } from "./settings.ts";
import { type AnyTensor, isSparse, lowerBound, parameterCount, stepOf } from "./tensors.ts";
import { type ClippedDelta, totalWeight } from "./weighted.ts";

/** Columns of one block stay in the processor's cache, 200 deltas or a thousand. */
const BLOCK = 256;
const Q24 = 1n << 24n;
const HALF = 1n << 23n;

/**
 * Weighted trimmed mean of every place (Yin et al. 2018, arXiv:1803.01498): the clipped values, each rounded to the nearest
 * multiple of 2^-20, halves up, are put in order; `toleratedPpm` of the weight is cut off at both ends, and a value that
 * the cut meets counts with the weight that is left of it; the mean of the rest is rounded in the same way.
 * As long as liars hold no more than that share, the result lies between two honest values.
 */
export function trimmedMean(
  specs: readonly TensorSpec[],
  deltas: readonly ClippedDelta[],
  { toleratedPpm }: AggregationSettings,
): Change {
  const total = totalWeight(deltas);
  const shares = Float64Array.from(deltas, ({ weight }) => atLeastOne(Number((weight * Q24) / total)));
  const mass = shares.reduce((sum, share) => sum + share, 0);
  const cut = floorDiv(mass * toleratedPpm, ONE_PPM);
  const column = new Column(shares, cut, mass - cut);
  return specs.map((spec, index) => {
    const data = new Int32Array(parameterCount(spec));
    const rows = deltas.map((entry) => rowOf(entry, index));
    for (let start = 0; start < data.length; start += BLOCK) {
      const block = data.subarray(start, start + BLOCK);
      trimBlock(block, start, rows, column);
    }
    return { name: spec.name, shape: spec.shape, data };
  });
}

function atLeastOne(share: number): number {
  return share === 0 ? 1 : share;
}

interface Row {
  readonly tensor: AnyTensor | undefined;
  /** What each of the 256 values of an int8 is in units of 2^-20 after clipping. */
  readonly clipped: Int32Array;
}

function rowOf({ delta, clipQ24 }: ClippedDelta, index: number): Row {
  const tensor = delta.tensors[index];
  const scale = tensor === undefined ? 0n : BigInt(stepOf(tensor)) * clipQ24;
  const clipped = Int32Array.from({ length: 256 }, (_, code) =>
    Number((BigInt(code - 128) * scale + HALF) >> 24n),
  );
  return { tensor, clipped };
}

function trimBlock(block: Int32Array, start: number, rows: readonly Row[], column: Column): void {
  const columns = new Int32Array(block.length * rows.length);
  rows.forEach(({ tensor, clipped }, i) => {
    if (tensor !== undefined) fillRow(columns, rows.length, i, tensor, clipped, start);
  });
  for (let place = 0; place < block.length; place++) {
    const from = place * rows.length;
    block[place] = column.trimmed(columns.subarray(from, from + rows.length));
  }
}

function fillRow(
  columns: Int32Array,
  stride: number,
  row: number,
  tensor: AnyTensor,
  clipped: Int32Array,
  start: number,
): void {
  if (!isSparse(tensor)) {
    for (let at = row, i = start; at < columns.length; at += stride, i++) {
      columns[at] = clipped[(tensor.data[i] ?? 0) + 128] ?? 0;
    }
    return;
  }
  for (let i = lowerBound(tensor.indices, start); i < tensor.indices.length; i++) {
    const at = ((tensor.indices[i] ?? 0) - start) * stride + row;
    if (at >= columns.length) return;
    columns[at] = clipped[(tensor.values[i] ?? 0) + 128] ?? 0;
  }
}

/** Weighted sums below a cut, found by partition instead of sorting (Hoare's quickselect, CACM 4, 1961). */
class Column {
  readonly #shares: Float64Array;
  readonly #weights: Float64Array;
  readonly #low: number;
  readonly #high: number;
  /** Where the last search ended: what lies before is not above it. */
  #from = 0;
  #mass = 0;
  #sum = 0;

  /** Keeps the weight between `low` and `high` of the ordered values. */
  constructor(shares: Float64Array, low: number, high: number) {
    this.#shares = shares;
    this.#weights = new Float64Array(shares.length);
    this.#low = low;
    this.#high = high;
  }

  /** Mean of the kept weight. Puts `values` into another order. All sums stay below 2^25 · 2^27 = 2^52: exact. */
  trimmed(values: Int32Array): number {
    this.#weights.set(this.#shares);
    this.#from = 0;
    this.#mass = 0;
    this.#sum = 0;
    const below = this.#sumBelow(values, this.#low);
    const kept = this.#sumBelow(values, this.#high) - below;
    const mass = this.#high - this.#low;
    return floorDiv(2 * kept + mass, 2 * mass);
  }

  /** Σ weight · value of the lowest `cut` of the weight. Cuts must rise from call to call. */
  #sumBelow(values: Int32Array, cut: number): number {
    const weights = this.#weights;
    let from = this.#from;
    let to = values.length;
    let mass = this.#mass;
    let sum = this.#sum;
    for (;;) {
      const pivot = medianOfThree(values, from, to);
      // [from, less) below the pivot, [less, at) equal to it, (more, to) above it.
      let less = from;
      let at = from;
      let more = to - 1;
      let lessMass = 0;
      let lessSum = 0;
      let equalMass = 0;
      while (at <= more) {
        const value = values[at] ?? 0;
        const weight = weights[at] ?? 0;
        if (value < pivot) {
          lessMass += weight;
          lessSum += weight * value;
          swap(values, weights, less++, at++);
        } else if (value > pivot) {
          swap(values, weights, at, more--);
        } else {
          equalMass += weight;
          at++;
        }
      }
      if (mass + lessMass > cut) {
        to = less;
      } else if (mass + lessMass + equalMass >= cut || at >= to) {
        this.#from = less;
        this.#mass = mass + lessMass;
        this.#sum = sum + lessSum;
        return this.#sum + (cut - this.#mass) * pivot;
      } else {
        mass += lessMass + equalMass;
        sum += lessSum + equalMass * pivot;
        from = at;
      }
    }
  }
}

function medianOfThree(values: Int32Array, from: number, to: number): number {
  const a = values[from] ?? 0;
  const b = values[(from + to) >>> 1] ?? 0;
  const c = values[to - 1] ?? 0;
  return a < c ? clamp(b, a, c) : clamp(b, c, a);
}

function swap(values: Int32Array, weights: Float64Array, a: number, b: number): void {
  const value = values[a] ?? 0;
  const weight = weights[a] ?? 0;
  values[a] = values[b] ?? 0;
  weights[a] = weights[b] ?? 0;
  values[b] = value;
  weights[b] = weight;
}
