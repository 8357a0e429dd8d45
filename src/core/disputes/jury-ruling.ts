/** EIP-712 over JuryRuling, as the Disputes contract checks it: how a juror rules on an anchored root. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, concatBytes, utf8ToBytes } from "../bytes.ts";
import { typedDigest } from "../epoch/root.ts";
import type { GenesisChain } from "../genesis.ts";
import type { Hash } from "../primitives.ts";

/** By their numbers in the contract. */
export const JURY_RULINGS = { uphold: 1, overturn: 2, deeper: 3 } as const;

export type JuryRulingName = keyof typeof JURY_RULINGS;

export interface JuryRuling {
  /** Number of the dispute. */
  readonly dispute: number;
  /** 1, or 2 for a deeper audit. */
  readonly stage: number;
  readonly ruling: JuryRulingName;
}

const TYPE_HASH = keccak_256(utf8ToBytes("JuryRuling(uint256 dispute,uint8 stage,uint8 ruling)"));

/** Digest that a juror signs with its operator key. */
export function juryRulingDigest(
  chain: Pick<GenesisChain, "chainId" | "disputes">,
  { dispute, stage, ruling }: JuryRuling,
): Hash {
  const struct = keccak_256(
    concatBytes(TYPE_HASH, bigEndian(dispute, 32), bigEndian(stage, 32), bigEndian(JURY_RULINGS[ruling], 32)),
  );
  return typedDigest(chain.chainId, chain.disputes, struct);
}
