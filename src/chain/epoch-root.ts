import type { GenesisChain } from "../core/genesis.ts";
import type { EpochRoot } from "../ports/chain.ts";
import { with0x } from "./hex.ts";

/** EIP-712 types of what operators sign; the same as in contracts/EpochAnchor.sol. */
const TYPES = {
  EpochRoot: [
    { name: "epoch", type: "uint64" },
    { name: "previousRoot", type: "bytes32" },
    { name: "stateRoot", type: "bytes32" },
    { name: "claimsRoot", type: "bytes32" },
    { name: "manifestDigest", type: "bytes32" },
    { name: "snapshotBlock", type: "uint64" },
  ],
} as const;

/** EIP-712 typed data of an epoch's root, in the form that viem signs and hashes. */
export function epochRootTypedData(chain: GenesisChain, root: EpochRoot) {
  return {
    domain: {
      name: "Parley",
      version: "1",
      chainId: chain.chainId,
      verifyingContract: chain.epochAnchor,
    },
    types: TYPES,
    primaryType: "EpochRoot",
    message: epochRootArguments(root),
  } as const;
}

/** The root as the contract's `EpochRoot` argument. */
export function epochRootArguments(root: EpochRoot) {
  return {
    epoch: BigInt(root.epoch),
    previousRoot: with0x(root.previousRoot),
    stateRoot: with0x(root.stateRoot),
    claimsRoot: with0x(root.claimsRoot),
    manifestDigest: with0x(root.manifestDigest),
    snapshotBlock: BigInt(root.snapshotBlock),
  };
}
