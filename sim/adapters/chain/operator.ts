import { epochRootDigest, operatorAddress, signDigest } from "../../../src/core/epoch/root.ts";
import type { GenesisChain } from "../../../src/core/genesis.ts";
import type { Operator } from "../../../src/ports/chain.ts";

/** Operator key over core's own EIP-712, without a chain library. */
export function createMemoryOperator(
  secretKey: Uint8Array,
  chain: Pick<GenesisChain, "chainId" | "epochAnchor">,
): Operator {
  return {
    address: operatorAddress(secretKey),
    sign: async (root) => signDigest(epochRootDigest(chain, root), secretKey),
  };
}
