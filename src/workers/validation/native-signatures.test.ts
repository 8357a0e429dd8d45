import { Point } from "@noble/ed25519";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seedOf } from "../../../vectors/lib/world.ts";
import { bytesToHex, hexToBytes } from "../../core/bytes.ts";
import { nodeIdOf, signBytes, verifyBytes } from "../../core/identity.ts";
import type { SignatureClaim } from "../../core/verify-batch.ts";
import { NativeSignatures } from "./native-signatures.ts";

const good: readonly SignatureClaim[] = Array.from({ length: 12 }, (_, i) => {
  const secretKey = seedOf(`native ${i & 3}`);
  const bytes = seedOf(`message ${i}`);
  return { author: nodeIdOf(secretKey), bytes, signature: signBytes(secretKey, bytes) };
});
const byCore = (claims: readonly SignatureClaim[]) =>
  claims.map(({ author, bytes, signature }) => verifyBytes(author, bytes, signature));
const first: SignatureClaim = good[0] ?? { author: "", bytes: new Uint8Array(), signature: "" };

const TWO = bytesToHex(new Point(0n, (1n << 255n) - 20n, 1n, 0n).toBytes());
const NEUTRAL = `01${"00".repeat(31)}`;
const ORDER = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

describe("signatures by the platform", () => {
  it("are good where core says so, without asking core", async () => {
    expect(await new NativeSignatures().verify(good)).toEqual(good.map(() => true));
  });

  it("get core's verdict whatever was changed", async () => {
    const edit = fc.record({
      at: fc.nat(good.length - 1),
      field: fc.constantFrom("author", "bytes", "signature"),
      place: fc.nat(63),
      bits: fc.integer({ min: 1, max: 255 }),
    });
    const native = new NativeSignatures();
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 4 }), async (edits) => {
        const claims = [...good];
        for (const { at, field, place, bits } of edits) {
          const claim = claims[at] ?? first;
          const flip = (bytes: Uint8Array) =>
            bytes.with(place % bytes.length, (bytes[place % bytes.length] ?? 0) ^ bits);
          claims[at] =
            field === "bytes"
              ? { ...claim, bytes: flip(claim.bytes) }
              : { ...claim, [field]: bytesToHex(flip(hexToBytes(claim[field]))) };
        }
        expect(await native.verify(claims)).toEqual(byCore(claims));
      }),
      { numRuns: 25 },
    );
  });

  it.each<[string, Partial<SignatureClaim>]>([
    ["a key of small order", { author: NEUTRAL, signature: NEUTRAL + "00".repeat(32) }],
    ["a key of order two", { author: TWO, signature: NEUTRAL + "00".repeat(32) }],
    ["an s of the order or more", { signature: first.signature.slice(0, 64) + ORDER }],
    ["an R that is no point", { signature: `02${"00".repeat(31)}${first.signature.slice(64)}` }],
    ["a key written in another than the canonical way", { author: `ee${"ff".repeat(30)}7f` }],
    ["a signature that is too short", { signature: first.signature.slice(0, 126) }],
    ["a signature in capital letters", { signature: first.signature.toUpperCase() }],
    ["a signature that is no hexadecimal", { signature: "zz".repeat(64) }],
  ])("get core's verdict on %s", async (_name, change) => {
    const claims = [{ ...first, ...change }, ...good.slice(1, 4)];
    expect(await new NativeSignatures().verify(claims)).toEqual(byCore(claims));
  });
});
