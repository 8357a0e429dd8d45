import { hashTypedData } from "viem";
import { bytesToHex } from "../../src/core/bytes.ts";
import { JURY_RULINGS } from "../../src/core/disputes/jury-ruling.ts";
import { signDigest } from "../../src/core/epoch/root.ts";

const FIELDS = [
  { name: "dispute", type: "uint256" },
  { name: "stage", type: "uint8" },
  { name: "ruling", type: "uint8" },
] as const;

/** The EIP-712 digest that a juror signs, and its signature: Solidity must reproduce the digest. */
export function juryRulingVector() {
  const privateKey = new Uint8Array(32).fill(0x19);
  const domain = {
    name: "Parley",
    version: "1",
    chainId: 31337,
    verifyingContract: `0x${"6b".repeat(20)}`,
  } as const;
  const ruling = { dispute: 7, stage: 2, ruling: "overturn" } as const;
  const digest = hashTypedData({
    domain,
    types: { JuryRuling: FIELDS },
    primaryType: "JuryRuling",
    message: { dispute: BigInt(ruling.dispute), stage: ruling.stage, ruling: JURY_RULINGS[ruling.ruling] },
  }).slice(2);
  return {
    domain,
    type: `JuryRuling(${FIELDS.map(({ name, type }) => `${type} ${name}`).join(",")})`,
    ruling,
    digest,
    privateKey: bytesToHex(privateKey),
    signature: signDigest(digest, privateKey),
  };
}
