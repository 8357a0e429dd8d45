import { juryRulingDigest } from "../../../src/core/disputes/jury-ruling.ts";
import { epochRootDigest, operatorAddress, signDigest } from "../../../src/core/epoch/root.ts";
import type { GenesisChain } from "../../../src/core/genesis.ts";
import { operatorBindingDigest } from "../../../src/core/operator-binding.ts";
import type { Operator } from "../../../src/ports/chain.ts";

/** Operator key over core's own EIP-712, without a chain library. */
export function createMemoryOperator(
  secretKey: Uint8Array,
  chain: Pick<GenesisChain, "chainId" | "epochAnchor" | "staking" | "disputes">,
): Operator {
  const address = operatorAddress(secretKey);
  return {
    address,
    signBinding: async (binding) =>
      signDigest(operatorBindingDigest(chain, { ...binding, operator: address }), secretKey),
    signRuling: async (ruling) => signDigest(juryRulingDigest(chain, ruling), secretKey),
    sign: async (root) => signDigest(epochRootDigest(chain, root), secretKey),
  };
}
