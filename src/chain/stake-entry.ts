import type { StakeEntry } from "../ports/chain.ts";
import { lowerCase, without0x } from "./hex.ts";

/** As the Staking contract gives it. */
export interface StakeStruct {
  readonly nodeId: `0x${string}`;
  readonly operator: `0x${string}`;
  readonly account: `0x${string}`;
  readonly amount: bigint;
}

export function stakeEntry(stake: StakeStruct): StakeEntry {
  return {
    nodeId: without0x(stake.nodeId),
    operator: lowerCase(stake.operator),
    account: lowerCase(stake.account),
    stakeWei: stake.amount,
    // The contract knows no locks yet.
    lockedUntilMs: 0,
  };
}
