import { JURY_RULINGS, type JuryRuling } from "../core/disputes/jury-ruling.ts";
import type { GenesisChain } from "../core/genesis.ts";

/** EIP-712 types of what jurors sign; the same as in contracts/Disputes.sol. */
const TYPES = {
  JuryRuling: [
    { name: "dispute", type: "uint256" },
    { name: "stage", type: "uint8" },
    { name: "ruling", type: "uint8" },
  ],
} as const;

/** EIP-712 typed data of a ruling, in the form that viem signs and hashes. */
export function juryRulingTypedData(
  chain: Pick<GenesisChain, "chainId" | "disputes">,
  { dispute, stage, ruling }: JuryRuling,
) {
  return {
    domain: { name: "Parley", version: "1", chainId: chain.chainId, verifyingContract: chain.disputes },
    types: TYPES,
    primaryType: "JuryRuling",
    message: { dispute: BigInt(dispute), stage, ruling: JURY_RULINGS[ruling] },
  } as const;
}
