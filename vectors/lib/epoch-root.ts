import { bytesToHex } from "../../src/core/bytes.ts";
import { EPOCH_ROOT_TYPE, epochRootDigest, operatorAddress, signDigest } from "../../src/core/epoch/root.ts";
import type { Address } from "../../src/core/primitives.ts";

/** One EIP-712 digest and signature that TypeScript and Solidity must both reproduce. */
export function epochRootVector() {
  const verifyingContract: Address = `0x${"5f".repeat(20)}`;
  const chain = { chainId: 31337, epochAnchor: verifyingContract };
  const root = {
    epoch: 42,
    previousRoot: "11".repeat(32),
    stateRoot: "22".repeat(32),
    claimsRoot: "33".repeat(32),
    manifestDigest: "44".repeat(32),
    snapshotBlock: 1234,
  };
  const privateKey = new Uint8Array(32).fill(0x17);
  const digest = epochRootDigest(chain, root);
  return {
    domain: { name: "Parley", version: "1", chainId: chain.chainId, verifyingContract },
    type: EPOCH_ROOT_TYPE,
    root,
    digest,
    privateKey: bytesToHex(privateKey),
    address: operatorAddress(privateKey),
    signature: signDigest(digest, privateKey),
  };
}
