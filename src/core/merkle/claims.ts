/**
 * Tree of balances due, in the format of OpenZeppelin's StandardMerkleTree with leaf types (address, uint256), so that
 * MerkleProof.sol checks it: leaf = keccak256(keccak256(abi.encode(account, cumulativeWei))), leaves ascending,
 * a complete binary tree kept as an array (children of i at 2i + 1 and 2i + 2, first leaf last), pairs hashed in ascending order.
 * https://github.com/OpenZeppelin/merkle-tree
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bigEndian, bytesToHex, compareBytes, concatBytes, equalBytes, ZERO_HASH } from "../bytes.ts";
import { failure } from "../errors.ts";
import type { Address, Hash } from "../primitives.ts";

export interface ClaimProof {
  readonly account: Address;
  readonly cumulativeWei: bigint;
  readonly proof: readonly Hash[];
}

/** Root over all accounts; zeros when there are none. */
export function claimsRoot(balancesDue: ReadonlyMap<Address, bigint>): Hash {
  const root = buildTree(balancesDue)[0];
  return root === undefined ? ZERO_HASH : bytesToHex(root);
}

/** Proof of all that an account ever earned. Errors: nothing-due. */
export function claimProof(
  state: { readonly balancesDue: ReadonlyMap<Address, bigint> },
  account: Address,
): ClaimProof {
  const cumulativeWei = state.balancesDue.get(account);
  if (cumulativeWei === undefined) throw failure("nothing-due", "Nothing is due to this account", account);
  const tree = buildTree(state.balancesDue);
  const leaf = leafHash(account, cumulativeWei);
  let index = tree.findLastIndex((node) => equalBytes(node, leaf));
  const proof: Hash[] = [];
  while (index > 0) {
    const sibling = tree[index % 2 === 1 ? index + 1 : index - 1];
    if (sibling !== undefined) proof.push(bytesToHex(sibling));
    index = (index - 1) >> 1;
  }
  return { account, cumulativeWei, proof };
}

export function leafHash(account: Address, cumulativeWei: bigint): Uint8Array {
  return keccak_256(keccak_256(concatBytes(bigEndian(BigInt(account), 32), bigEndian(cumulativeWei, 32))));
}

function buildTree(balancesDue: ReadonlyMap<Address, bigint>): readonly Uint8Array[] {
  const leaves = [...balancesDue].map(([account, amount]) => leafHash(account, amount)).sort(compareBytes);
  const nodes: Uint8Array[] = [...leaves];
  // Filled from the back: nodes[] holds the tree reversed, so that children are always there before their parent.
  const size = leaves.length * 2 - 1;
  for (let index = leaves.length - 2; index >= 0; index--) {
    const left = nodes[size - 1 - (index * 2 + 1)];
    const right = nodes[size - 1 - (index * 2 + 2)];
    if (left !== undefined && right !== undefined) nodes.push(hashPair(left, right));
  }
  return nodes.reverse();
}

function hashPair(a: Uint8Array, b: Uint8Array): Uint8Array {
  return keccak_256(compareBytes(a, b) < 0 ? concatBytes(a, b) : concatBytes(b, a));
}
