/** Bits of a non-negative number: 0 has none, 1 has one. */
export function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(2).length;
}
