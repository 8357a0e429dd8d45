import { encodeFunctionData, parseSignature, signatureToCompactSignature } from "viem";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Address, Hash, Hex, NodeId } from "../../core/primitives.ts";
import type { Certificate } from "../../ports/chain.ts";
import { claimsAbi } from "../abi/claims.ts";
import { epochAnchorAbi } from "../abi/epoch-anchor.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { stakingAbi } from "../abi/staking.ts";
import { epochRootArguments } from "../epoch-root.ts";
import { with0x } from "../hex.ts";

/** A call of a contract, encoded. */
export interface ContractCall {
  readonly to: Address;
  readonly data: `0x${string}`;
}

export interface StakeRequest {
  readonly nodeId: NodeId;
  readonly operator: Address;
  readonly amountWei: bigint;
}

export interface ClaimRequest {
  readonly epoch: number;
  readonly account: Address;
  readonly cumulativeWei: bigint;
  readonly proof: readonly Hash[];
}

/** Lets the Staking contract take `amountWei`, and no more. */
export function approveStakeCall(chain: GenesisChain, amountWei: bigint): ContractCall {
  const data = encodeFunctionData({
    abi: parleyTokenAbi,
    functionName: "approve",
    args: [chain.staking, amountWei],
  });
  return { to: chain.token, data };
}

export function stakeCall(chain: GenesisChain, request: StakeRequest): ContractCall {
  const data = encodeFunctionData({
    abi: stakingAbi,
    functionName: "stake",
    args: [with0x(request.nodeId), request.operator, request.amountWei],
  });
  return { to: chain.staking, data };
}

export function anchorCall(chain: GenesisChain, { root, signatures }: Certificate): ContractCall {
  const data = encodeFunctionData({
    abi: epochAnchorAbi,
    functionName: "anchor",
    args: [epochRootArguments(root), signatures.map((entry) => compactSignature(entry.signature))],
  });
  return { to: chain.epochAnchor, data };
}

export function claimCall(chain: GenesisChain, request: ClaimRequest): ContractCall {
  const data = encodeFunctionData({
    abi: claimsAbi,
    functionName: "claim",
    args: [BigInt(request.epoch), request.account, request.cumulativeWei, request.proof.map(with0x)],
  });
  return { to: chain.claims, data };
}

/** ERC-2098: 64 bytes for 65, r and s with the parity in the highest bit of s. */
function compactSignature(signature: Hex) {
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(with0x(signature)));
  return { r, vs: yParityAndS };
}
