import type { StakeEntry, Unbonding } from "../ports/chain.ts";
import { lowerCase, without0x } from "./hex.ts";

/** As the Staking contract gives it. */
export interface StakeStruct {
  readonly nodeId: `0x${string}`;
  readonly operator: `0x${string}`;
  readonly account: `0x${string}`;
  readonly amount: bigint;
  readonly lockedUntilSeconds: bigint;
  readonly delegatedWei: bigint;
}

export function stakeEntry(stake: StakeStruct): StakeEntry {
  return {
    nodeId: without0x(stake.nodeId),
    operator: lowerCase(stake.operator),
    account: lowerCase(stake.account),
    stakeWei: stake.amount,
    delegatedWei: stake.delegatedWei,
    lockedUntilMs: Number(stake.lockedUntilSeconds) * 1_000,
  };
}

/** What unbonds, as the Staking contract gives it. */
export interface UnbondingStruct {
  readonly nodeId: `0x${string}`;
  readonly amount: bigint;
  readonly withdrawableAt: bigint;
}

export function unbondingEntry({ nodeId, amount, withdrawableAt }: UnbondingStruct): Unbonding {
  return {
    nodeId: without0x(nodeId),
    amountWei: amount,
    withdrawableAtMs: Number(withdrawableAt) * 1_000,
  };
}
