import { Point } from "@noble/ed25519";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seedOf } from "../../vectors/lib/world.ts";
import { bytesToHex, hexToBytes } from "./bytes.ts";
import { nodeIdOf, signBytes, verifyBytes } from "./identity.ts";
import { type SignatureClaim, verifyEach } from "./verify-batch.ts";

/** Eight authors sign, each more than once. */
const good: readonly SignatureClaim[] = Array.from({ length: 24 }, (_, i) => {
  const secretKey = seedOf(`batch ${i & 7}`);
  const bytes = seedOf(`message ${i}`);
  return { author: nodeIdOf(secretKey), bytes, signature: signBytes(secretKey, bytes) };
});
const oneByOne = (claims: readonly SignatureClaim[]) =>
  claims.map(({ author, bytes, signature }) => verifyBytes(author, bytes, signature));

function goodAt(i: number): SignatureClaim {
  const claim = good[i];
  if (claim === undefined) throw new Error("no such claim");
  return claim;
}

const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const littleEndianHex = (value: bigint) =>
  bytesToHex(hexToBytes(value.toString(16).padStart(64, "0")).reverse());

/** (0, −1), of order two. */
const TWO = bytesToHex(new Point(0n, (1n << 255n) - 20n, 1n, 0n).toBytes());
const NEUTRAL = `01${"00".repeat(31)}`;

describe("signatures in a batch", () => {
  it.each([0, 1, 2, 3, 8, 24])("are good when all %i are good", (count) => {
    const claims = good.slice(0, count);
    expect(verifyEach(claims)).toEqual(claims.map(() => true));
  });

  it("are judged each as it would be alone, whatever else is in the batch", () => {
    const edit = fc.record({
      at: fc.nat(good.length - 1),
      field: fc.constantFrom("author", "bytes", "signature"),
      place: fc.nat(63),
      bits: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const claims = [...good];
        for (const { at, field, place, bits } of edits) {
          const claim = claims[at] ?? goodAt(0);
          const flip = (bytes: Uint8Array) =>
            bytes.with(place % bytes.length, (bytes[place % bytes.length] ?? 0) ^ bits);
          claims[at] =
            field === "bytes"
              ? { ...claim, bytes: flip(claim.bytes) }
              : { ...claim, [field]: bytesToHex(flip(hexToBytes(claim[field]))) };
        }
        expect(verifyEach(claims)).toEqual(oneByOne(claims));
      }),
      { numRuns: 15 },
    );
  });

  it("do not hide one another: two that are wrong by opposite amounts are both refused", () => {
    const [first, second] = [goodAt(0), goodAt(1)];
    const shifted = (claim: SignatureClaim, by: bigint): SignatureClaim => {
      const s = BigInt(`0x${bytesToHex(hexToBytes(claim.signature.slice(64)).reverse())}`);
      const moved = (s + by + ORDER) % ORDER;
      return { ...claim, signature: claim.signature.slice(0, 64) + littleEndianHex(moved) };
    };
    const claims = [shifted(first, 1n), shifted(second, -1n), ...good.slice(2)];
    expect(verifyEach(claims).slice(0, 3)).toEqual([false, false, true]);
  });

  it.each<[string, Partial<SignatureClaim>]>([
    ["a key of small order", { author: NEUTRAL, signature: NEUTRAL + "00".repeat(32) }],
    ["a key of order two", { author: TWO, signature: NEUTRAL + "00".repeat(32) }],
    ["an s of the order or more", { signature: goodAt(0).signature.slice(0, 64) + littleEndianHex(ORDER) }],
    ["an R that is no point", { signature: `02${"00".repeat(31)}${goodAt(0).signature.slice(64)}` }],
    ["a key that is written in another way than the canonical one", { author: `ee${"ff".repeat(30)}7f` }],
    ["a signature that is too short", { signature: goodAt(0).signature.slice(0, 126) }],
    ["a signature that is no hexadecimal", { signature: "zz".repeat(64) }],
  ])("refuse %s, and nothing beside it", (_name, change) => {
    const claims = [{ ...goodAt(0), ...change }, ...good.slice(1, 6)];
    expect(verifyEach(claims)).toEqual([false, true, true, true, true, true]);
    expect(verifyEach(claims)).toEqual(oneByOne(claims));
  });

  it("agree with single ones where R has a part of small order, which the cofactored equation takes", () => {
    // [8]([s]B) = [8]R' + [8][k]A holds for R' = R + T with s made for the k that R' gives: made by who holds the key.
    const nonce = 12_345n;
    const r = Point.BASE.multiply(nonce).add(Point.fromHex(TWO)).toBytes();
    const claim = { ...goodAt(0), signature: bytesToHex(r) + goodAt(0).signature.slice(64) };
    const claims = [claim, ...good.slice(1, 5)];
    expect(verifyEach(claims)).toEqual(oneByOne(claims));
  });
});
