import { bigEndian, bytesToHex, fromBigEndian, hashWithDomain } from "../bytes.ts";
import { DOMAINS } from "../domains.ts";
import type { Hash } from "../primitives.ts";

export interface Weighted<T> {
  readonly item: T;
  readonly weight: bigint;
}

/**
 * Draws up to `count` items without replacement, each time with probability weight / remaining weight.
 * Draw i uses sha256("parley/draw/1" ‖ 0x00 ‖ seed ‖ i as 8 bytes) as a big-endian number modulo the remaining weight
 * (the bias is below 2^-128) and walks the remaining candidates in their order. Weightless ones are never drawn.
 */
export function drawWeighted<T>(seed: Uint8Array, candidates: readonly Weighted<T>[], count: number): T[] {
  const remaining = candidates.filter(({ weight }) => weight > 0n);
  let total = remaining.reduce((sum, { weight }) => sum + weight, 0n);
  const drawn: T[] = [];
  for (let i = 0; i < count && total > 0n; i++) {
    let point = fromBigEndian(hashWithDomain(DOMAINS.draw, seed, bigEndian(i, 8))) % total;
    const index = remaining.findIndex(({ weight }) => {
      if (point < weight) return true;
      point -= weight;
      return false;
    });
    const [chosen] = remaining.splice(index, 1);
    if (chosen === undefined) break;
    total -= chosen.weight;
    drawn.push(chosen.item);
  }
  return drawn;
}

/** Seed of a draw, as vectors show it. */
export function seedHex(seed: Uint8Array): Hash {
  return bytesToHex(seed);
}
