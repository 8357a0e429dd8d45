import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromFloat16, toFloat16 } from "../float16.ts";
import { BLOCK, dequantise, type QuantisedForm, quantise } from "./blocks.ts";

const rowsOf = (form: QuantisedForm, data: Float32Array, rows = 1) => {
  const columns = data.length / rows;
  return quantise(form, { data, rows, columns, rowStep: columns, columnStep: 1 });
};

/** Blocks of weights of any size that a network may have, tiny ones and zeros among them. */
const blocks = fc
  .tuple(
    fc.integer({ min: -26, max: 8 }),
    fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: BLOCK, maxLength: BLOCK }),
  )
  .map(([exponent, values]) => Float32Array.from(values, (value) => value * 2 ** exponent));

/** −8 … 7, twice. */
const ramp = Float32Array.from({ length: BLOCK }, (_, index) => (index % 16) - 8);

describe("quantised blocks", () => {
  it("are what MatMulNBits reads: code 128 + value / scale in int8", () => {
    // The largest magnitude is 127, so the scale is 1 and values are rounded to integers, halves to even.
    const values = new Float32Array(BLOCK);
    values.set([127, -127, 0.5, 1.5, -0.5, -2.5, 3.2]);
    const { codes, scales } = rowsOf("int8", values);
    expect(scales).toEqual(Float32Array.of(1));
    expect(Array.from(codes.subarray(0, 8))).toEqual([255, 1, 128, 130, 128, 126, 131, 128]);
  });

  it("are what MatMulNBits reads: code 8 + value / scale in int4, two to a byte, the low half first", () => {
    const values = new Float32Array(BLOCK);
    values.set([7, -7, 1, 2.5, 3.5, -6]);
    const { codes, scales } = rowsOf("int4", values);
    expect(scales).toEqual(Float32Array.of(1));
    // 15, 1 | 9, 10 | 12, 2 | 8, 8
    expect(Array.from(codes.subarray(0, 4))).toEqual([0x1f, 0xa9, 0x2c, 0x88]);
  });

  it("use the lowest code of int4 where that is nearer", () => {
    // With scale 1 all are exact; with 8 / 7 only 0 is.
    expect(rowsOf("int4", ramp).scales).toEqual(Float32Array.of(1));
    const mirrored = ramp.map((value) => -value);
    expect(rowsOf("int4", mirrored).scales).toEqual(Float32Array.of(-1));
    expect(dequantise(rowsOf("int4", mirrored))).toEqual(mirrored);
  });

  it("in int8 move no value by more than half a step", () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const matrix = rowsOf("int8", values);
        const step = matrix.scales[0] ?? Number.NaN;
        dequantise(matrix).forEach((value, index) => {
          expect(Math.abs(value - (values[index] ?? 0))).toBeLessThanOrEqual(step / 2);
        });
      }),
    );
  });

  it("in int4 are at most half a step of largest / 7 off, in the root of the mean square", () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const largest = Math.max(...values.map(Math.abs));
        // Below the finest scale of binary16 the step is that scale.
        const step = Math.max((largest / 7) * (1 + 2 ** -10), 2 ** -24);
        const back = dequantise(rowsOf("int4", values));
        const squares = back.reduce((sum, value, index) => sum + (value - (values[index] ?? 0)) ** 2, 0);
        expect(Math.sqrt(squares / BLOCK)).toBeLessThanOrEqual(step / 2);
      }),
    );
  });

  it.each(["int8", "int4"] as const)(
    "of %s quantise to themselves where the scale is a normal number",
    (form) => {
      fc.assert(
        fc.property(blocks, (values) => {
          fc.pre(Math.max(...values.map(Math.abs)) >= 128 * 2 ** -14);
          const once = dequantise(rowsOf(form, values));
          expect(dequantise(rowsOf(form, once))).toEqual(once);
        }),
      );
    },
  );

  it.each(["int8", "int4"] as const)("of %s give floats back without any rounding", (form) => {
    fc.assert(
      fc.property(blocks, (values) => {
        const matrix = rowsOf(form, values);
        const scale = matrix.scales[0] ?? Number.NaN;
        expect(fromFloat16(toFloat16(scale))).toBe(scale);
        for (const value of dequantise(matrix)) {
          if (scale === 0) expect(value).toBe(0);
          else expect(Number.isInteger(value / scale) && Math.abs(value / scale) <= 128).toBe(true);
        }
      }),
    );
  });

  it("do not depend on how the floats lie", () => {
    const [rows, columns] = [3, 2 * BLOCK];
    const across = Float32Array.from({ length: rows * columns }, (_, index) => Math.sin(index));
    const down = Float32Array.from(across, (_, index) => {
      return across[(index % rows) * columns + Math.floor(index / rows)] ?? 0;
    });
    const view = { data: down, rows, columns, rowStep: 1, columnStep: rows };
    expect(quantise("int4", view)).toEqual(rowsOf("int4", across, rows));
  });

  it("refuse what they cannot hold", () => {
    const odd = { rows: 1, columns: 33, rowStep: 33, columnStep: 1 };
    expect(() => quantise("int8", { data: new Float32Array(33), ...odd })).toThrow(/multiple of 32/);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => rowsOf("int4", new Float32Array(BLOCK).fill(value))).toThrow(/not a number/);
    }
    expect(() => rowsOf("int4", new Float32Array(BLOCK).fill(1e9))).toThrow(/too large/);
  });
});
