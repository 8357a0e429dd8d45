import { bytesToHex } from "@noble/hashes/utils.js";
import type { Random } from "../ports/random.ts";

/** 128 random bits as hexadecimal. */
export function randomId(random: Random): string {
  return bytesToHex(random.bytes(16));
}

/** A 31-bit seed for sampling and training. */
export function randomSeed(random: Random): number {
  const bytes = random.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) >>> 1;
}
