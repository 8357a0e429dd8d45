import type { GenesisChain } from "../../../src/core/genesis.ts";
import type { Address, NodeId } from "../../../src/core/primitives.ts";
import type { StakeEntry } from "../../../src/ports/chain.ts";
import type { Challenge, DisputeStep } from "../../../src/ports/chain-disputes.ts";
import type { MemoryAnchors } from "./anchors.ts";
import { type DisputeGround, MemoryDisputes } from "./disputes.ts";

export interface ChallengeGround extends Omit<DisputeGround, "anchored" | "isFinal"> {
  readonly contracts: Pick<GenesisChain, "chainId" | "disputes" | "epochAnchor">;
  readonly challengeMs: number;
  timestampMs(blockNumber: number): number;
}

/** Until when roots of a MemoryChain can be disputed, and the disputes about them. */
export class MemoryChallenges {
  readonly disputes: MemoryDisputes;
  readonly #ground: ChallengeGround;
  readonly #anchors: MemoryAnchors;

  constructor(ground: ChallengeGround, anchors: MemoryAnchors) {
    this.#ground = ground;
    this.#anchors = anchors;
    this.disputes = new MemoryDisputes({
      ...ground,
      anchored: (epoch) => {
        const [record, atMs] = [anchors.rootOf(epoch), this.#anchoredAtMs(epoch)];
        return record === undefined || atMs === undefined ? undefined : { record, atMs };
      },
      isFinal: (epoch) => this.isFinal(epoch),
    });
  }

  isFinal(epoch: number): boolean {
    return this.#of(epoch)?.isFinal ?? false;
  }

  of(epochs: readonly number[]): ReadonlyMap<number, Challenge> {
    const found = epochs.map((epoch) => [epoch, this.#of(epoch)] as const);
    return new Map(found.flatMap(([epoch, one]) => (one === undefined ? [] : [[epoch, one]])));
  }

  #of(epoch: number): Challenge | undefined {
    const [anchored, atMs] = [this.#anchors.rootOf(epoch), this.#anchoredAtMs(epoch)];
    if (anchored === undefined || atMs === undefined) return undefined;
    const untilMs = atMs + this.#ground.challengeMs;
    const isHeldUp = this.disputes.holdsUp(epoch);
    return { untilMs, isFinal: !isHeldUp && this.#ground.nowMs() >= untilMs, isHeldUp, anchored };
  }

  dispute(account: Address, step: DisputeStep) {
    const { payments, overturned, punished, undo } = this.disputes.apply(account, step);
    const putBack = overturned === undefined ? undefined : this.#anchors.overturn(overturned);
    const entries = this.#ground.stakesAt(this.#ground.headNumber());
    const stakes = entries.map((entry): [NodeId, StakeEntry] => [
      entry.nodeId,
      entry.nodeId === punished?.nodeId ? { ...entry, stakeWei: entry.stakeWei - punished.lossWei } : entry,
    ]);
    return {
      payments,
      /** After what was taken. */
      stakes: new Map(stakes),
      undo: () => {
        putBack?.();
        undo();
      },
    };
  }

  #anchoredAtMs(epoch: number): number | undefined {
    const anchored = this.#anchors.get(epoch);
    return anchored && this.#ground.timestampMs(anchored.blockNumber);
  }
}
