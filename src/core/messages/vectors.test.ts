import { describe, expect, it } from "vitest";
import { SAMPLES } from "../../../vectors/lib/message-samples.ts";
import { readVector } from "../../../vectors/lib/read.ts";
import { toJson } from "../../../vectors/lib/write.ts";
import { hexToBytes } from "../bytes.ts";
import { z } from "../codec/zod.ts";
import { ParleyError } from "../errors.ts";
import { KINDS } from "./kinds.ts";
import { decodeMessage } from "./message.ts";

const file = z.object({
  kind: z.string(),
  network: z.string(),
  good: z
    .array(z.object({ name: z.string(), envelope: z.unknown(), cid: z.string(), bytes: z.string() }))
    .min(1),
  refused: z
    .array(
      z.object({
        name: z.string(),
        code: z.string(),
        bytes: z.string().optional(),
        zeros: z.int().optional(),
      }),
    )
    .min(20),
});

const ALWAYS = [
  "malformed-cbor",
  "not-canonical",
  "unknown-field",
  "schema",
  "unknown-kind",
  "wrong-network",
  "bad-signature",
  "message-too-large",
];

function refusalOf(bytes: Uint8Array, network: string): unknown {
  try {
    return decodeMessage(bytes, network).kind;
  } catch (thrown) {
    return thrown instanceof ParleyError ? thrown.data : thrown;
  }
}

describe.each(Object.keys(KINDS))("vectors of %s", (kind) => {
  const vectors = readVector(`messages/${kind}.json`, file);

  it("cover every refusal code and every sample", () => {
    expect(vectors.kind).toBe(kind);
    const samples = Object.entries(SAMPLES).find(([name]) => name === kind)?.[1];
    const own = Object.values(samples?.refused ?? {}).map(([code]) => code);
    expect(new Set(vectors.refused.map(({ code }) => code))).toEqual(new Set([...ALWAYS, ...own]));
    expect(vectors.good.map(({ name }) => name)).toEqual(Object.keys(samples?.good ?? {}));
  });

  it("leave room for the largest message of the kind", () => {
    const rule = Object.entries(KINDS).find(([name]) => name === kind)?.[1];
    for (const { bytes } of vectors.good)
      expect(bytes.length / 2).toBeLessThan((rule?.maximumBytes ?? 0) - 16);
  });

  it.each(vectors.good)("read: $name", ({ envelope, cid, bytes }) => {
    const message = decodeMessage(hexToBytes(bytes), vectors.network);
    expect(message.kind).toBe(kind);
    expect(message.cid).toBe(cid);
    expect(JSON.parse(toJson(message.envelope))).toEqual(envelope);
  });

  it.each(vectors.refused)("refused with $code: $name", ({ code, bytes, zeros }) => {
    const encoded = bytes === undefined ? new Uint8Array(zeros ?? 0) : hexToBytes(bytes);
    expect(refusalOf(encoded, vectors.network)).toMatchObject({ code, verdict: "REJECT" });
  });
});
