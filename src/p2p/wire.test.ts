import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../core/bytes.ts";
import { cidOf, encodeCbor } from "../core/codec/dag-cbor.ts";
import { ParleyError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { gossipSettings } from "./gossip-settings.ts";
import { decodeFrame, encodeFrame, type SyncFrame } from "./log-sync/frames.ts";

const author = "ab".repeat(32);
const frames: readonly SyncFrame[] = [
  { kind: "compare", network: "bafy", holds: 3, prints: [["", "ab", "cd".repeat(16)]], lists: [] },
  { kind: "differ", upTo: "cd", holds: 3, prints: [], lists: [["", "cd", [[author, 3]]]] },
  { kind: "want", ranges: [[author, 0, 3]] },
  { kind: "messages", segments: [[author, 0, [Uint8Array.of(1), Uint8Array.of(2)]]] },
  { kind: "give", segments: [[author, 0, [Uint8Array.of(1)]]] },
  { kind: "taken", counts: [[author, 1]], holds: 2 },
  { kind: "find", network: "bafy", cids: [cidOf(Uint8Array.of(1))] },
  { kind: "votes", network: "bafy", after: "cd".repeat(32) },
  { kind: "found", envelopes: [Uint8Array.of(1)] },
  { kind: "done", holds: 1, left: 0 },
];
/** Arbitrary bytes, arbitrary CBOR, and valid encodings with one byte changed. */
function hostile(valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(fc.constantFrom(...valid), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([bytes, place, value]) => bytes.with(place % bytes.length, value));
  const cbor = fc.jsonValue().map((value) => encodeCbor(value));
  return fc.oneof(fc.uint8Array({ maxLength: 200 }), changed, cbor);
}

function throwsOnlyParleyErrors(decode: (bytes: Uint8Array) => unknown, valid: readonly Uint8Array[]): void {
  fc.assert(
    fc.property(hostile(valid), (bytes) => {
      try {
        decode(bytes);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(ParleyError);
      }
    }),
    { numRuns: 2_000 },
  );
}

describe("log-sync frames", () => {
  it("come back as they were sent", () => {
    for (const frame of frames) expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  });

  it("are refused by a ParleyError whatever comes", () => {
    throwsOnlyParleyErrors(decodeFrame, frames.map(encodeFrame));
  });

  it("are refused beyond the limits", () => {
    expect(() => decodeFrame(new Uint8Array(LIMITS.logSyncFrameBytes + 1))).toThrow(/too large/);
    const ranges = Array.from({ length: LIMITS.logSyncRanges + 1 }, () => [new Uint8Array(32), 0, 1]);
    expect(() => decodeFrame(encodeCbor({ kind: "want", ranges }))).toThrow(ParleyError);
    const empty = [[new Uint8Array(32), 0, [new Uint8Array(0)]]];
    expect(() => decodeFrame(encodeCbor({ kind: "messages", segments: empty }))).toThrow(ParleyError);
  });
});

describe("the largest message", () => {
  it("fits a log-sync frame behind as much as goes into a batch before it", () => {
    const small = Array.from({ length: LIMITS.logSyncBatchMessages - 1 }, () => new Uint8Array(512).fill(7));
    const room = LIMITS.logSyncBatchBytes - 1 - small.length * 512;
    const before = [...small.slice(1), new Uint8Array(512 + room).fill(7)];
    const frame: SyncFrame = {
      kind: "messages",
      segments: [
        [author, 0, before],
        ["cd".repeat(32), 9, [new Uint8Array(LIMITS.messageBytes).fill(9)]],
      ],
    };
    const encoded = encodeFrame(frame);
    expect(encoded.length).toBeLessThanOrEqual(LIMITS.logSyncFrameBytes);
    expect(equalBytes(encodeFrame(decodeFrame(encoded)), encoded)).toBe(true);
  });

  it("fits what gossip takes in, with its framing", () => {
    expect(gossipSettings.maxInboundDataLength).toBeGreaterThan(LIMITS.messageBytes + 32);
    expect(gossipSettings.maxInboundDataLength).toBeLessThan(4_000_000);
  });
});
