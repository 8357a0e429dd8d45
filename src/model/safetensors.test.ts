import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromFloat16, toFloat16 } from "./float16.ts";
import { readPlaces, readSafetensors, widen, writeSafetensors } from "./safetensors.ts";

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

  const twice = (first: string, second: string) =>
    `{"a":{"dtype":"F32","shape":[1],"data_offsets":${first}},"b":{"dtype":"F32","shape":[1],"data_offsets":${second}}}`;

  it.each([
    ["overlapping tensors", file(twice("[0,4]", "[2,6]"), [1, 2, 3, 4, 5, 6])],
    ["two tensors in one place", file(twice("[0,4]", "[0,4]"), [1, 2, 3, 4])],
    ["a hole between tensors", file(twice("[0,4]", "[5,9]"), new Array<number>(9).fill(0))],
    ["a hole before the first", file(twice("[1,5]", "[5,9]"), new Array<number>(9).fill(0))],
    ["bytes after the last", file(twice("[0,4]", "[4,8]"), new Array<number>(9).fill(0))],
    ["a range that ends before it begins", file(twice("[4,0]", "[4,8]"), new Array<number>(8).fill(0))],
    [
      "a shape that no number holds",
      file('{"w":{"dtype":"F32","shape":[9007199254740991,9],"data_offsets":[0,4]}}', [0, 0, 0, 0]),
    ],
    ["a header that is a list", file("[]")],
    [
      "a header that ends inside a tensor",
      file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', [0, 0, 0, 0], 20),
    ],
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

  const tensor = fc.record({
    dtype: fc.constantFrom("F32", "F16", "BF16", "I8", "Q4", ""),
    shape: fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 3 }),
    data_offsets: fc.array(fc.integer({ min: -2, max: 60 }), { minLength: 1, maxLength: 3 }),
  });
  const anyFile = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc
      .tuple(
        fc.dictionary(fc.string({ maxLength: 4 }), fc.oneof(tensor, fc.jsonValue())),
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: -9, max: 9 }),
      )
      .map(([header, data, lie]) => {
        const json = JSON.stringify(header);
        const text = new TextEncoder().encode(json);
        return file(json, [...data], Math.max(0, text.length + lie)).slice(0, 8 + text.length + data.length);
      }),
  );

  it("reads any bytes as a file that is filled without overlaps, or refuses them as model-weights", async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, async (bytes) => {
        const read = async (start: number, end: number) => bytes.subarray(start, end);
        try {
          const places = [...(await readPlaces(read, bytes.length)).values()];
          const covered = places.reduce((sum, { start, end }) => sum + end - start, 0);
          const header = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
          expect(8 + header + covered).toBe(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ data: { code: "model-weights" } });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("finds by ranges what it finds in the whole file", async () => {
    const bytes = writeSafetensors(
      [
        { name: "a", shape: [3], data: Float32Array.of(1, 2, 3) },
        { name: "b", shape: [2, 2], data: Float32Array.of(4, 5, 6, 7) },
      ],
      "F16",
    );
    const places = await readPlaces(async (start, end) => bytes.slice(start, end), bytes.length);
    for (const [name, tensor] of readSafetensors(bytes)) {
      const place = places.get(name);
      if (place === undefined) throw new Error(`no ${name}`);
      expect(widen(place, bytes.slice(place.start, place.end))).toEqual(tensor);
      expect(() => widen(place, bytes.slice(place.start, place.end - 1))).toThrow(/cut off/);
    }
  });
});
