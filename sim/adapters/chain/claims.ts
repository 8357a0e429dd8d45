import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, compareBytes, concatBytes, hexToBytes } from "../../../src/core/bytes.ts";
import { leafHash } from "../../../src/core/merkle/claims.ts";
import type { Address, Hash } from "../../../src/core/primitives.ts";

/** OpenZeppelin's MerkleProof.verify, written a second time so that a wrong proof of core's does not pass unseen. */
export function provesClaim(
  root: Hash,
  account: Address,
  cumulativeWei: bigint,
  proof: readonly Hash[],
): boolean {
  let node = leafHash(account, cumulativeWei);
  for (const hash of proof) {
    const sibling = hexToBytes(hash);
    node = keccak_256(
      compareBytes(node, sibling) < 0 ? concatBytes(node, sibling) : concatBytes(sibling, node),
    );
  }
  return bytesToHex(node) === root;
}
