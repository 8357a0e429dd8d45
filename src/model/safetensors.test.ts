import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromFloat16, toFloat16 } from "./float16.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/** A file of a header as text and data bytes. */
function file(header: string, data: readonly number[] = [], headerBytes = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

describe("safetensors", () => {
  it("gives back what was written, F32 exactly and F16 rounded once", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 1 }), (values) => {
        const tensors = [
          { name: "a", shape: [values.length, 1], data: Float32Array.from(values) },
          { name: "b", shape: [1], data: Float32Array.of(7) },
        ];
        const full = readSafetensors(writeSafetensors(tensors, "F32"));
        expect(full.get("a")).toEqual(tensors[0]);
        const half = readSafetensors(writeSafetensors(tensors, "F16"));
        expect(half.get("a")?.data).toEqual(
          Float32Array.from(values, (value) => fromFloat16(toFloat16(value))),
        );
        expect(half.get("b")?.data).toEqual(Float32Array.of(7));
      }),
    );
  });

  it("reads BF16 and passes over metadata", () => {
    const header = '{"__metadata__":{"format":"pt"},"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}';
    expect(readSafetensors(file(header, [0x80, 0x3f, 0x40, 0xc0])).get("w")?.data).toEqual(
      Float32Array.of(1, -3),
    );
  });

  it.each([
    ["too short", new Uint8Array(4)],
    ["a header longer than the file", file("{}", [], 1_000)],
    ["a header beyond the limit", file("{}", [], 2 ** 40)],
    ["no JSON", file("{nonsense")],
    [
      "an unknown type",
      file('{"w":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}', new Array<number>(8).fill(0)),
    ],
    ["data outside the file", file('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', [0, 0, 0, 0])],
    [
      "a shape that its bytes do not fill",
      file('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', [0, 0, 0, 0]),
    ],
  ])("refuses %s", (_, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "model-weights" }) }),
    );
  });
});
