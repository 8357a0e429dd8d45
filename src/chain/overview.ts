import { decodeFunctionResult, encodeFunctionData } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import type { Address, NodeId } from "../core/primitives.ts";
import type { ChainOverview } from "../ports/chain.ts";
import { claimsAbi } from "./abi/claims.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { parleyTokenAbi } from "./abi/parley-token.ts";
import { stakingAbi } from "./abi/staking.ts";
import { with0x, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";
import { type PinnedCalls, readPinned } from "./pinned.ts";
import { stakeEntry, unbondingEntry } from "./stake-entry.ts";

/** What pages show of the chain, of one block. */
export async function readOverview(
  client: ReadClient,
  contracts: GenesisChain,
  hasMulticall: () => Promise<boolean>,
  nodeId: NodeId,
  account: Address | undefined,
): Promise<ChainOverview> {
  const { block, value } = await readPinned(client, hasMulticall, (calls) => ({
    stake: stakeCall(calls, contracts, nodeId),
    last: lastCall(calls, contracts),
    account: account && accountCalls(calls, contracts, account),
    gasPrice: calls.beside(client.getGasPrice()),
  }));
  const stake = value.stake();
  const [exists, epoch] = value.last();
  const gasPriceWei = value.gasPrice();
  return {
    block: {
      number: Number(block.number),
      hash: without0x(block.hash),
      timestampMs: Number(block.timestampSeconds) * 1_000,
    },
    stake: stake.amount === 0n ? undefined : stakeEntry(stake),
    lastAnchoredEpoch: exists ? Number(epoch) : undefined,
    gasPriceWei,
    baseFeeWei: block.baseFeeWei ?? gasPriceWei,
    account: value.account && {
      balanceWei: value.account.balanceWei(),
      claimedWei: value.account.claimedWei(),
      unbonding: value.account.unbonding().map(unbondingEntry),
    },
  };
}

function stakeCall(calls: PinnedCalls, { staking }: GenesisChain, nodeId: NodeId) {
  const of = { abi: stakingAbi, functionName: "stakeOf" } as const;
  return calls.add(staking, encodeFunctionData({ ...of, args: [with0x(nodeId)] }), (data) =>
    decodeFunctionResult({ ...of, data }),
  );
}

function lastCall(calls: PinnedCalls, { epochAnchor }: GenesisChain) {
  const of = { abi: epochAnchorAbi, functionName: "last" } as const;
  return calls.add(epochAnchor, encodeFunctionData(of), (data) => decodeFunctionResult({ ...of, data }));
}

function accountCalls(calls: PinnedCalls, { token, claims, staking }: GenesisChain, account: Address) {
  const balance = { abi: parleyTokenAbi, functionName: "balanceOf" } as const;
  const claimed = { abi: claimsAbi, functionName: "claimedWei" } as const;
  const unbondings = { abi: stakingAbi, functionName: "unbondingsOf" } as const;
  return {
    unbonding: calls.add(staking, encodeFunctionData({ ...unbondings, args: [account] }), (data) =>
      decodeFunctionResult({ ...unbondings, data }),
    ),
    balanceWei: calls.add(token, encodeFunctionData({ ...balance, args: [account] }), (data) =>
      decodeFunctionResult({ ...balance, data }),
    ),
    claimedWei: calls.add(claims, encodeFunctionData({ ...claimed, args: [account] }), (data) =>
      decodeFunctionResult({ ...claimed, data }),
    ),
  };
}
