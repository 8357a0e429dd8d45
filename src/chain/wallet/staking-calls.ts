import { encodeFunctionData } from "viem";
import type { GenesisChain } from "../../core/genesis.ts";
import type { DelegateRequest, LockRequest, UndelegateRequest } from "../../ports/chain-staking.ts";
import { stakingAbi } from "../abi/staking.ts";
import { with0x } from "../hex.ts";
import type { ContractCall } from "./calls.ts";

export function delegateCall(
  { staking }: GenesisChain,
  { nodeId, amountWei }: DelegateRequest,
): ContractCall {
  const args = [with0x(nodeId), amountWei] as const;
  return { to: staking, data: encodeFunctionData({ abi: stakingAbi, functionName: "delegate", args }) };
}

export function undelegateCall(
  { staking }: GenesisChain,
  { nodeId, shares }: UndelegateRequest,
): ContractCall {
  const args = [with0x(nodeId), shares] as const;
  return { to: staking, data: encodeFunctionData({ abi: stakingAbi, functionName: "undelegate", args }) };
}

export function lockCall({ staking }: GenesisChain, { nodeId, untilSeconds }: LockRequest): ContractCall {
  const args = [with0x(nodeId), BigInt(untilSeconds)] as const;
  return { to: staking, data: encodeFunctionData({ abi: stakingAbi, functionName: "lock", args }) };
}
