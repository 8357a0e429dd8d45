import type { EpochRoot } from "../core/chain-types.ts";
import type { Address, Hash } from "../core/primitives.ts";

/** An anchored root with all that the contracts have hashed: what its reward is collected with. */
export interface AnchoredRoot {
  readonly root: EpochRoot;
  /** Who anchored it, and is paid. */
  readonly sender: Address;
  /** Of the signatures of a root that was anchored without them; zeros otherwise. */
  readonly certificateDigest: Hash;
  readonly parentEpoch: number;
  /** 0: it is the network's first. */
  readonly parentSnapshotBlock: number;
}

export interface AnchorRewards {
  /** For each root by which something new can be claimed. */
  readonly rewardWei: bigint;
  /** What is there to pay with. */
  readonly poolWei: bigint;
  /** Final and not paid for. */
  readonly due: readonly AnchoredRoot[];
}
