import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toFloat16 } from "../../src/model/float16.ts";
import { GGUF_ALIGNMENT, type GgufTensor, type GgufValue, writeGguf } from "./gguf-format.ts";
import { readGguf } from "./read-gguf.ts";

describe("GGUF", () => {
  it("opens with its magic, version 3 and the counts", () => {
    const bytes = writeGguf(new Map([["k", { uint32: 7 }]]), []);
    const header = "47475546 03000000 0000000000000000 0100000000000000";
    const pair = "0100000000000000 6b 04000000 07000000";
    expect(Buffer.from(bytes.subarray(0, 41)).toString("hex")).toBe(`${header}${pair}`.replaceAll(" ", ""));
  });

  it("gives every value back", () => {
    const metadata = new Map<string, GgufValue>([
      ["number", { uint32: 4_000_000_000 }],
      ["epsilon", { float32: 0.5 }],
      ["yes", { boolean: true }],
      ["no", { boolean: false }],
      ["text", { string: "grüß 👋" }],
      ["tokens", { strings: ["Ġa", "", "<|end|>"] }],
      ["types", { int32s: [1, -3, 5] }],
    ]);
    const read = readGguf(writeGguf(metadata, []));
    expect(read.version).toBe(3);
    expect([...read.metadata.entries()]).toEqual([
      ["number", 4_000_000_000],
      ["epsilon", 0.5],
      ["yes", true],
      ["no", false],
      ["text", "grüß 👋"],
      ["tokens", ["Ġa", "", "<|end|>"]],
      ["types", [1, -3, 5]],
    ]);
  });

  it("puts each tensor's numbers at an aligned place, sizes innermost first", () => {
    const shapes = fc.array(fc.record({ rows: fc.integer({ min: 1, max: 5 }), half: fc.boolean() }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(shapes, (drawn) => {
        const tensors = drawn.map(
          ({ rows, half }, index): GgufTensor => ({
            name: `t${index}`,
            shape: [rows, 3],
            data: Float32Array.from({ length: rows * 3 }, (_, at) => index - at / 4),
            type: half ? "F16" : "F32",
          }),
        );
        const bytes = writeGguf(new Map(), tensors);
        const view = new DataView(bytes.buffer);
        const read = readGguf(bytes).tensors;
        for (const { name, shape, data, type } of tensors) {
          const found = read.get(name);
          expect(found).toMatchObject({ sizes: shape.toReversed(), type: type === "F16" ? 1 : 0 });
          const offset = found?.offset ?? 0;
          expect(offset % GGUF_ALIGNMENT).toBe(0);
          data.forEach((value, at) => {
            if (type === "F16") expect(view.getUint16(offset + at * 2, true)).toBe(toFloat16(value));
            else expect(view.getFloat32(offset + at * 4, true)).toBe(value);
          });
        }
      }),
    );
  });
});
