import type { GenesisChain } from "../core/genesis.ts";
import type { OperatorBinding } from "../core/operator-binding.ts";
import { with0x } from "./hex.ts";

/** EIP-712 types of what an operator signs to serve a node; the same as in contracts/Staking.sol. */
const TYPES = {
  OperatorBinding: [
    { name: "nodeId", type: "bytes32" },
    { name: "account", type: "address" },
    { name: "operator", type: "address" },
  ],
} as const;

/** EIP-712 typed data of a binding, in the form that viem signs and hashes. */
export function operatorBindingTypedData(
  chain: Pick<GenesisChain, "chainId" | "staking">,
  { nodeId, account, operator }: OperatorBinding,
) {
  return {
    domain: { name: "Parley", version: "1", chainId: chain.chainId, verifyingContract: chain.staking },
    types: TYPES,
    primaryType: "OperatorBinding",
    message: { nodeId: with0x(nodeId), account, operator },
  } as const;
}
