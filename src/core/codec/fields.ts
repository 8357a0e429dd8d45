/**
 * Fields of every block and message: how a value looks on the wire (DAG-CBOR) and in TypeScript.
 * Each is a zod codec: decode checks what came from outside, encode is its exact inverse.
 */
import { CID } from "multiformats/cid";
import { bytesToHex, fromBigEndian, hexToBytes, minimalBigEndian } from "../bytes.ts";
import type { Address, Cid, Hex } from "../primitives.ts";
import { isProtocolCid, parseCid } from "./dag-cbor.ts";
import { z } from "./zod.ts";

const link = z.custom<CID>(
  (value) => value instanceof CID && isProtocolCid(value),
  "expected a CIDv1 link, dag-cbor or raw, sha2-256",
);

/** Link on the wire, base32 text in TypeScript. */
export const cid = z.codec(link, z.string(), {
  decode: (value): Cid => value.toString(),
  encode: (value) => parseCid(value),
});

export function bytes(minimum: number, maximum: number) {
  return z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.length >= minimum && value.length <= maximum,
    minimum === maximum ? `expected ${minimum} bytes` : `expected ${minimum} to ${maximum} bytes`,
  );
}

/** Bytes of one exact length on the wire, lower-case hexadecimal in TypeScript. */
export function hex(length: number) {
  return z.codec(bytes(length, length), z.string().regex(new RegExp(`^[0-9a-f]{${length * 2}}$`)), {
    decode: (value): Hex => bytesToHex(value),
    encode: (value) => hexToBytes(value),
  });
}

export const hash = hex(32);
export const nodeId = hex(32);

/** 20 bytes on the wire, 0x and lower-case hexadecimal in TypeScript. */
export const address = z.codec(
  bytes(20, 20),
  z.custom<Address>((value) => typeof value === "string" && /^0x[0-9a-f]{40}$/.test(value)),
  {
    decode: (value): Address => `0x${bytesToHex(value)}`,
    encode: (value) => hexToBytes(value.slice(2)),
  },
);

const minimalBytes = z.custom<Uint8Array>(
  (value) => value instanceof Uint8Array && value.length <= 32 && value[0] !== 0,
  "expected at most 32 big-endian bytes without leading zero",
);

/** uint256: minimal big-endian bytes on the wire (zero is empty), bigint in TypeScript. */
export const wei = z.codec(minimalBytes, z.bigint().min(0n), {
  decode: (value) => fromBigEndian(value),
  encode: (value) => minimalBigEndian(value),
});

/** Integer that a JavaScript number holds exactly. */
export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) {
  return z.int().min(minimum).max(maximum);
}

export const count = integer(0);
export const ppm = integer(0, 1_000_000);
export const epoch = integer(0);
export const timestampMs = integer(0);

/** Text of at most `maximum` Unicode code points, without lone surrogates. */
export function text(minimum: number, maximum: number) {
  return z
    .string()
    .max(maximum * 2)
    .refine((value) => {
      const length = [...value].length;
      return length >= minimum && length <= maximum && !/\p{Surrogate}/u.test(value);
    }, `expected ${minimum} to ${maximum} characters`);
}

/** Stable code of a reason: kebab-case. */
export const code = z.string().regex(/^[a-z][a-z0-9-]{0,47}$/);

export const metrics = z.strictObject({ lossMicroNats: count, accuracyPpm: ppm });

export const reportedMetrics = z.strictObject({ lossMicroNats: count, accuracyPpm: ppm, utilityPpm: ppm });
