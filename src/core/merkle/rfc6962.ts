/** Merkle tree of RFC 6962, section 2.1: sha2-256, 0x00 before leaves, 0x01 before nodes, no padding. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "../bytes.ts";
import type { Hash } from "../primitives.ts";

/** Root over leaves in the given order; of no leaves it is the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Hash {
  return merkleRootOf(leaves, (leaf) => leaf);
}

/** The same over what becomes a leaf when its turn comes: of many, never all are held at once. */
export function merkleRootOf<T>(items: readonly T[], leafOf: (item: T) => Uint8Array): Hash {
  return bytesToHex(subtree(items, leafOf, 0, items.length));
}

function subtree<T>(
  items: readonly T[],
  leafOf: (item: T) => Uint8Array,
  start: number,
  end: number,
): Uint8Array {
  const item = items[start];
  if (item === undefined) return sha256(new Uint8Array(0));
  if (end - start === 1) return sha256(concatBytes(Uint8Array.of(0), leafOf(item)));
  let split = 1;
  while (split * 2 < end - start) split *= 2;
  const left = subtree(items, leafOf, start, start + split);
  return sha256(concatBytes(Uint8Array.of(1), left, subtree(items, leafOf, start + split, end)));
}
