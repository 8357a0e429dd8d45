import type { BatchShape } from "../llama/objective.ts";
import { type Feeds, float32, int64 } from "../runtime/runtime.ts";

/**
 * One batch: tokens of batch × sequence, row-major; targets and mask of the same size, or one for each of `scored`.
 * The mask weighs a target's loss: 1 where it counts fully, 0 where it does not.
 */
export interface Batch {
  readonly tokens: BigInt64Array;
  readonly targets: BigInt64Array;
  readonly mask: Float32Array;
  /** For packed rows: batch × sequence. */
  readonly packing?: { readonly positions: BigInt64Array; readonly segments: BigInt64Array };
  /** Flat indices of the positions that are scored. */
  readonly scored?: BigInt64Array;
}

/** The inputs of `buildObjective` for a batch of its shape, without the parameters. */
export function batchFeeds(batch: Batch, { batch: rows, sequence, scored }: BatchShape): Feeds {
  const grid = [rows, sequence];
  const perTarget = scored === undefined ? grid : [scored];
  const { packing } = batch;
  return {
    tokens: int64(batch.tokens, grid),
    targets: int64(batch.targets, perTarget),
    mask: float32(batch.mask, perTarget),
    ...(packing === undefined
      ? {}
      : { positions: int64(packing.positions, grid), segments: int64(packing.segments, grid) }),
    ...(batch.scored === undefined ? {} : { scored: int64(batch.scored, perTarget) }),
  };
}
