import { ZERO_HASH } from "../../../src/core/bytes.ts";
import type { Address } from "../../../src/core/primitives.ts";
import type { AnchoredRoot, AnchorRewards } from "../../../src/ports/anchor-rewards.ts";
import { type MemoryAnchors, reverted } from "./anchors.ts";

const TOKEN_WEI = 10n ** 18n;

/** What anchors are worth on a MemoryChain, by the rules of AnchorRewards.sol. */
export class MemoryRewards {
  readonly rewardWei = TOKEN_WEI;
  poolWei = 1_000_000n * TOKEN_WEI;
  readonly #anchors: MemoryAnchors;
  readonly #paid = new Set<number>();

  constructor(anchors: MemoryAnchors) {
    this.#anchors = anchors;
  }

  of(epochs: readonly number[]): AnchorRewards {
    const roots = epochs.map((epoch) => this.#anchors.rootOf(epoch)).filter((root) => root !== undefined);
    const due = roots.filter((anchored) => !this.#paid.has(anchored.root.epoch) && this.#isNew(anchored));
    return { rewardWei: this.rewardWei, poolWei: this.poolWei, due };
  }

  /** Errors: reverted. */
  check(anchored: readonly AnchoredRoot[]): readonly AnchoredRoot[] {
    const unpaid = anchored.filter(({ root }) => !this.#paid.has(root.epoch));
    for (const one of unpaid) {
      if (!this.#stands(one)) throw reverted("NotAnchored");
      if (!this.#isNew(one)) throw reverted("NothingNew");
    }
    if (unpaid.length === 0) throw reverted("NothingToCollect");
    if (this.rewardWei * BigInt(unpaid.length) > this.poolWei) throw reverted("PoolTooSmall");
    return unpaid;
  }

  /** `pay` gives tokens, or takes them back; returns what undoes it all. */
  collect(anchored: readonly AnchoredRoot[], pay: (account: Address, wei: bigint) => void): () => void {
    const unpaid = this.check(anchored);
    const move = (wei: bigint) => {
      for (const { sender } of unpaid) pay(sender, wei);
      this.poolWei -= wei * BigInt(unpaid.length);
    };
    for (const { root } of unpaid) this.#paid.add(root.epoch);
    move(this.rewardWei);
    return () => {
      for (const { root } of unpaid) this.#paid.delete(root.epoch);
      move(-this.rewardWei);
    };
  }

  #stands({ root, sender, parentEpoch }: AnchoredRoot): boolean {
    const known = this.#anchors.rootOf(root.epoch);
    return (
      known !== undefined &&
      known.sender === sender &&
      known.root.stateRoot === root.stateRoot &&
      known.root.claimsRoot === root.claimsRoot &&
      known.parentEpoch === parentEpoch
    );
  }

  #isNew({ root, parentEpoch, parentSnapshotBlock }: AnchoredRoot): boolean {
    const parent = parentSnapshotBlock === 0 ? undefined : this.#anchors.rootOf(parentEpoch);
    return root.claimsRoot !== (parent?.root.claimsRoot ?? ZERO_HASH);
  }
}
