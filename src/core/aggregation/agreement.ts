import type { Change } from "./change.ts";
import { ONE_PPM } from "./settings.ts";
import { type AnyTensor, isSparse, lowerBound } from "./tensors.ts";
import { type ClippedDelta, totalWeight } from "./weighted.ts";

const BLOCK = 2_048;
/** Weights as shares of 2^24: sums over all deltas times a million stay below 2^53. */
const Q24 = 1n << 24n;

/**
 * Step sizes by place: where |Σ weight · sign| is less than `thresholdPpm` of the weight of those that change the place at
 * all, nothing moves (robust learning rate, Ozdayi et al. 2021, arXiv:2007.03767, with step 0 where the paper has −1).
 * Places that a sparse delta leaves out say nothing, so top-k deltas are not silenced by those who sent other places.
 */
export function withoutDisagreement(
  change: Change,
  deltas: readonly ClippedDelta[],
  thresholdPpm: number,
): Change {
  if (thresholdPpm === 0) return change;
  const total = totalWeight(deltas);
  const shares = deltas.map(({ weight }) => Number((weight * Q24) / total));
  return change.map((tensor, index) => {
    const data = tensor.data.slice();
    for (let start = 0; start < data.length; start += BLOCK) {
      const block = data.subarray(start, start + BLOCK);
      const votes = { signed: new Float64Array(block.length), all: new Float64Array(block.length) };
      deltas.forEach(({ delta }, i) => {
        const voter = delta.tensors[index];
        if (voter !== undefined) addVotes(votes, voter, shares[i] ?? 0, start);
      });
      silence(block, votes, thresholdPpm);
    }
    return { ...tensor, data };
  });
}

interface Votes {
  /** Σ share · sign. */
  readonly signed: Float64Array;
  /** Σ share of those that are not zero here. */
  readonly all: Float64Array;
}

function addVotes(votes: Votes, tensor: AnyTensor, share: number, start: number): void {
  const { length } = votes.all;
  if (!isSparse(tensor)) {
    for (let i = 0; i < length; i++) vote(votes, i, tensor.data[start + i] ?? 0, share);
    return;
  }
  for (let i = lowerBound(tensor.indices, start); i < tensor.indices.length; i++) {
    const place = (tensor.indices[i] ?? 0) - start;
    if (place >= length) return;
    vote(votes, place, tensor.values[i] ?? 0, share);
  }
}

function vote({ signed, all }: Votes, place: number, value: number, share: number): void {
  if (value === 0) return;
  signed[place] = (signed[place] ?? 0) + (value > 0 ? share : -share);
  all[place] = (all[place] ?? 0) + share;
}

function silence(block: Int32Array, { signed, all }: Votes, thresholdPpm: number): void {
  for (let i = 0; i < block.length; i++) {
    const sum = signed[i] ?? 0;
    const agreed = (sum < 0 ? -sum : sum) * ONE_PPM;
    if (agreed < (all[i] ?? 0) * thresholdPpm) block[i] = 0;
  }
}
