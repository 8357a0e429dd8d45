/**
 * Many Ed25519 signatures at once. Bernstein, Duif, Lange, Schwabe and Yang, "High-speed high-security signatures" (2011),
 * section 5: with random 128-bit z, Σ z·([8]R + [8][k]A − [8][s]B) = 0 only when each term is 0, but for a chance of 2^-128.
 *
 * Sound here, which it is not everywhere: a batch and single signatures agree only where single ones are checked by the
 * equation with the cofactor (Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs", 2020). verifyBytes does that: the
 * library multiplies by eight with zip215 on and off; strict adds that A and R are canonical points, A is not of small
 * order and s < L, and each signature is held to that here by itself. A batch that fails is checked one by one, so which
 * signatures are bad never depends on what came with them.
 */
import { Point } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { bigEndian, concatBytes, fromBigEndian, hexToBytes, utf8ToBytes } from "./bytes.ts";
import { verifyBytes } from "./identity.ts";
import type { Hex, NodeId } from "./primitives.ts";

/** What somebody is said to have signed. */
export interface SignatureClaim {
  readonly author: NodeId;
  readonly bytes: Uint8Array;
  readonly signature: Hex;
}

/** Of fewer, each by itself is as fast. */
const LEAST = 3;
/** Order of the base point: 2^252 + 27742317777372353535851937790883648493. */
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const Z_BYTES = 16;
const DOMAIN = utf8ToBytes("parley/verify-batch/1");

/** Which signatures are good, in order: the same as verifyBytes of each. */
export function verifyEach(claims: readonly SignatureClaim[]): boolean[] {
  if (claims.length >= LEAST) {
    const equations = claims.map(equationOf);
    const wellFormed = equations.filter((equation) => equation !== undefined);
    if (isSumZero(wellFormed)) return equations.map((equation) => equation !== undefined);
  }
  return claims.map(({ author, bytes, signature }) => verifyBytes(author, bytes, signature));
}

/** R + [k]A = [s]B, up to points of small order. */
interface Equation {
  readonly author: NodeId;
  readonly a: Point;
  readonly r: Point;
  readonly k: bigint;
  readonly s: bigint;
  /** Binds all of it. */
  readonly transcript: Uint8Array;
}

/** Undefined when strict verification refuses a part of it. */
function equationOf({ author, bytes, signature }: SignatureClaim): Equation | undefined {
  try {
    const [key, both] = [hexToBytes(author), hexToBytes(signature)];
    const [nonce, scalar] = [both.subarray(0, 32), both.subarray(32)];
    const s = littleEndian(scalar);
    const [a, r] = [Point.fromBytes(key, false), Point.fromBytes(nonce, false)];
    if (scalar.length !== 32 || s >= ORDER || a.isSmallOrder()) return undefined;
    const digest = sha512(concatBytes(nonce, key, bytes));
    return { author, a, r, s, k: littleEndian(digest) % ORDER, transcript: concatBytes(digest, scalar) };
  } catch {
    return undefined;
  }
}

/** z comes from a hash of the whole batch: nobody can choose signatures after it, and nothing here is random. */
function isSumZero(equations: readonly Equation[]): boolean {
  const seed = sha512(concatBytes(DOMAIN, ...equations.map(({ transcript }) => transcript)));
  const terms: Term[] = [];
  const keys = new Map<NodeId, Term>();
  let base = 0n;
  equations.forEach(({ author, a, r, k, s }, i) => {
    const z = fromBigEndian(sha512(concatBytes(seed, bigEndian(i, 8))).subarray(0, Z_BYTES));
    terms.push({ point: r, scalar: z });
    const before = keys.get(author)?.scalar ?? 0n;
    keys.set(author, { point: a, scalar: (before + z * k) % ORDER });
    base = (base + z * s) % ORDER;
  });
  const sum = sumOf([...terms, ...keys.values()]);
  return sum.subtract(Point.BASE.multiply(base, false)).clearCofactor().is0();
}

interface Term {
  readonly point: Point;
  readonly scalar: bigint;
}

/** Σ scalar · point by signed windows and buckets (Pippenger's method). Public inputs only: not constant in time. */
function sumOf(terms: readonly Term[]): Point {
  const bits = terms.length < 32 ? 4 : 5;
  const digits = terms.map(({ point, scalar }) => ({ point, windows: signedWindows(scalar, bits) }));
  let length = 0;
  for (const { windows } of digits) if (windows.length > length) length = windows.length;
  let sum = Point.ZERO;
  for (let window = length - 1; window >= 0; window--) {
    for (let i = 0; i < bits; i++) sum = sum.double();
    const buckets: (Point | undefined)[] = [];
    for (const { point, windows } of digits) {
      const digit = windows[window] ?? 0;
      if (digit === 0) continue;
      const [at, signed] = digit < 0 ? [-digit, point.negate()] : [digit, point];
      buckets[at] = buckets[at]?.add(signed) ?? signed;
    }
    sum = sum.add(weigh(buckets));
  }
  return sum;
}

/** Σ i · buckets[i]: each bucket is in as many running sums as its place says. */
function weigh(buckets: readonly (Point | undefined)[]): Point {
  let running = Point.ZERO;
  let sum = Point.ZERO;
  for (let at = buckets.length - 1; at > 0; at--) {
    const bucket = buckets[at];
    if (bucket !== undefined) running = running.add(bucket);
    sum = sum.add(running);
  }
  return sum;
}

/** Digits from −2^(bits−1) + 1 to 2^(bits−1), least significant first. */
function signedWindows(scalar: bigint, bits: number): number[] {
  const size = 1 << bits;
  const windows: number[] = [];
  let carry = 0;
  for (let rest = scalar; rest > 0n || carry > 0; rest >>= BigInt(bits)) {
    const digit = Number(rest & BigInt(size - 1)) + carry;
    carry = digit > size >> 1 ? 1 : 0;
    windows.push(carry === 1 ? digit - size : digit);
  }
  return windows;
}

function littleEndian(bytes: Uint8Array): bigint {
  return fromBigEndian(bytes.slice().reverse());
}
