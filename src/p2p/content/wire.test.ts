import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../core/bytes.ts";
import { ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { type Accepted, DIALLER_TAKES, encodeFrame, FRAME, FrameReader, LISTENER_TAKES } from "./wire.ts";

interface Read {
  readonly kind: number;
  readonly request: number;
  readonly payload: readonly number[];
}

/** What a reader makes of these chunks; the parts of a piece are put together. */
function read(accepted: Accepted, chunks: readonly Uint8Array[]): Read[] {
  const frames: Read[] = [];
  const reader = new FrameReader(accepted, {
    frame: (kind, request, payload) => frames.push({ kind, request, payload: [...payload] }),
    piece: (request, bytes) => {
      const last = frames.at(-1);
      const before = last?.kind === FRAME.piece && last.request === request ? last.payload : undefined;
      if (before !== undefined) frames.pop();
      frames.push({ kind: FRAME.piece, request, payload: [...(before ?? []), ...bytes] });
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

const request = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const frame = fc.oneof(
  fc.record({
    kind: fc.constant(FRAME.size),
    request,
    payload: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant(FRAME.piece),
    request,
    payload: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  }),
  fc.record({ kind: fc.constant(FRAME.holds), request, payload: fc.uint8Array({ maxLength: 40 }) }),
);

describe("frames of /parley/content/1", () => {
  it("come out as they went in, wherever the stream cuts them", () => {
    const frames = fc.uniqueArray(frame, { selector: (value) => value.request, maxLength: 8 });
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 })), (sent, cuts) => {
        const stream = concatBytes(...sent.map((one) => encodeFrame(one.kind, one.request, one.payload)));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const length of [...cuts, stream.length]) {
          chunks.push(stream.subarray(at, at + length));
          at += length;
        }
        const expected = sent.map((one) => ({ ...one, payload: [...one.payload] }));
        expect(read(DIALLER_TAKES, chunks)).toEqual(expected);
      }),
    );
  });

  it("any bytes are read or refused by name, and nothing longer than its kind allows is waited for", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(DIALLER_TAKES, LISTENER_TAKES),
        (bytes, side) => {
          try {
            read(side, [bytes]);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ParleyError);
            if (thrown instanceof ParleyError) expect(["unknown-frame", "too-large"]).toContain(thrown.code);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("refuse a side's own kinds from the other side", () => {
    const piece = encodeFrame(FRAME.piece, 1, new Uint8Array(8));
    expect(() => read(LISTENER_TAKES, [piece])).toThrow("No frame of this protocol");
    const large = encodeFrame(FRAME.piece, 1, new Uint8Array(LIMITS.contentPieceBytes + 1));
    expect(() => read(DIALLER_TAKES, [large])).toThrow("too large");
  });
});
