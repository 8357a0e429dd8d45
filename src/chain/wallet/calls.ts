import { encodeFunctionData, parseSignature, signatureToCompactSignature } from "viem";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Address, Hash, Hex, NodeId } from "../../core/primitives.ts";
import type { AnchoredRoot } from "../../ports/anchor-rewards.ts";
import type { Certificate, StakeRequest } from "../../ports/chain.ts";
import { anchorRewardsAbi } from "../abi/anchor-rewards.ts";
import { claimsAbi } from "../abi/claims.ts";
import { epochAnchorAbi } from "../abi/epoch-anchor.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { stakingAbi } from "../abi/staking.ts";
import { anchoredArguments } from "../anchor-rewards.ts";
import { epochRootArguments } from "../epoch-root.ts";
import { with0x } from "../hex.ts";

/** A call of a contract, encoded. */
export interface ContractCall {
  readonly to: Address;
  readonly data: `0x${string}`;
}

export interface UnstakeRequest {
  readonly nodeId: NodeId;
  readonly amountWei: bigint;
}

export interface ClaimRequest {
  readonly epoch: number;
  readonly account: Address;
  readonly cumulativeWei: bigint;
  readonly proof: readonly Hash[];
}

/** Lets a contract take `amountWei`, and no more. */
export function approveCall(chain: GenesisChain, spender: Address, amountWei: bigint): ContractCall {
  const data = encodeFunctionData({
    abi: parleyTokenAbi,
    functionName: "approve",
    args: [spender, amountWei],
  });
  return { to: chain.token, data };
}

/** What must stand behind a root before the account may anchor it. */
export function depositBondCall(chain: GenesisChain, amountWei: bigint): ContractCall {
  const data = encodeFunctionData({ abi: epochAnchorAbi, functionName: "depositBond", args: [amountWei] });
  return { to: chain.epochAnchor, data };
}

export function stakeCall(chain: GenesisChain, request: StakeRequest): ContractCall {
  const data = encodeFunctionData({
    abi: stakingAbi,
    functionName: "stake",
    args: [with0x(request.nodeId), request.operator, request.amountWei, with0x(request.operatorProof)],
  });
  return { to: chain.staking, data };
}

export function unstakeCall(chain: GenesisChain, { nodeId, amountWei }: UnstakeRequest): ContractCall {
  const data = encodeFunctionData({
    abi: stakingAbi,
    functionName: "unstake",
    args: [with0x(nodeId), amountWei],
  });
  return { to: chain.staking, data };
}

export function withdrawCall(chain: GenesisChain): ContractCall {
  return { to: chain.staking, data: encodeFunctionData({ abi: stakingAbi, functionName: "withdraw" }) };
}

export function anchorCall(chain: GenesisChain, { root, signatures }: Certificate): ContractCall {
  const data = encodeFunctionData({
    abi: epochAnchorAbi,
    functionName: "anchor",
    args: [epochRootArguments(root), compactSignatures(signatures)],
  });
  return { to: chain.epochAnchor, data };
}

export function anchorManyCall(chain: GenesisChain, certificates: readonly Certificate[]): ContractCall {
  const data = encodeFunctionData({
    abi: epochAnchorAbi,
    functionName: "anchorMany",
    args: [
      certificates.map(({ root }) => epochRootArguments(root)),
      certificates.map(({ signatures }) => compactSignatures(signatures)),
    ],
  });
  return { to: chain.epochAnchor, data };
}

export function collectAnchorRewardsCall(
  chain: GenesisChain,
  anchored: readonly AnchoredRoot[],
): ContractCall {
  const data = encodeFunctionData({
    abi: anchorRewardsAbi,
    functionName: "collect",
    args: [anchored.map(anchoredArguments)],
  });
  return { to: chain.anchorRewards, data };
}

export function claimCall(chain: GenesisChain, request: ClaimRequest): ContractCall {
  const data = encodeFunctionData({
    abi: claimsAbi,
    functionName: "claim",
    args: [BigInt(request.epoch), request.account, request.cumulativeWei, request.proof.map(with0x)],
  });
  return { to: chain.claims, data };
}

export function compactSignatures(signatures: Certificate["signatures"]) {
  return signatures.map(({ signature }) => compactSignature(signature));
}

/** ERC-2098: 64 bytes for 65, r and s with the parity in the highest bit of s. */
export function compactSignature(signature: Hex) {
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(with0x(signature)));
  return { r, vs: yParityAndS };
}
