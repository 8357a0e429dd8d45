import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ADAPTER_EXPONENT } from "../../core/primitives.ts";
import { linearSpecs } from "../llama/parameters.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import { adapterFloats, zeroAdapter } from "./adapter.ts";
import { adapterTensorSpecs, factorA } from "./factors.ts";
import { quantiseDelta } from "./quantise.ts";

const SPEC = { name: "w", shape: [1, 4] } as const;
const quantise = (values: readonly number[]) =>
  quantiseDelta([{ ...SPEC, shape: [1, values.length] }], new Map([["w", Float32Array.from(values)]]))
    .tensors[0];

describe("quantised delta", () => {
  it("is off by at most half a step, at the finest step that fits in int8", () => {
    const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, (drawn) => {
        const { exponent, data } = quantise(drawn) ?? { exponent: 1, data: new Int8Array() };
        const step = 2 ** exponent;
        drawn.forEach((value, index) => {
          expect(Math.abs((data[index] ?? 0) * step - Math.fround(value))).toBeLessThanOrEqual(step / 2);
        });
        const largest = Math.max(...drawn.map(Math.abs));
        if (exponent > ADAPTER_EXPONENT) expect(Math.round(largest / (step / 2))).toBeGreaterThan(127);
        expect(exponent).toBeGreaterThanOrEqual(-20);
        expect(exponent).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("of nothing learnt is zeros", () => {
    expect(quantise([0, 0, 0])).toMatchObject({ exponent: -20, data: new Int8Array(3) });
  });

  it.each([128, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (value) => {
    expect(() => quantise([0, value])).toThrow(/out of range/);
  });
});

describe("factor A", () => {
  const [spec] = linearSpecs(TINY_CONFIG);
  if (spec === undefined) throw new Error("the tiny model has no linear layer");

  it("depends on base model, layer and rank, and on nothing else", () => {
    const a = factorA(spec, TINY_LORA);
    expect(factorA(spec, TINY_LORA)).toEqual(a);
    expect(factorA(spec, { ...TINY_LORA, seed: "other" })).not.toEqual(a);
    expect(factorA({ ...spec, name: "other" }, TINY_LORA)).not.toEqual(a);
    expect(factorA(spec, { ...TINY_LORA, rank: 8, alpha: 8 }).subarray(0, 8)).not.toEqual(a.subarray(0, 8));
  });

  it("is exact in float32, centred, and keeps the size of what it multiplies", () => {
    const a = factorA({ name: "wide", shape: [512, 64] }, { ...TINY_LORA, rank: 8, alpha: 8 });
    const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
    const variance = a.reduce((sum, value) => sum + value * value, 0) / a.length;
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(variance * 512).toBeGreaterThan(0.25);
    expect(variance * 512).toBeLessThanOrEqual(1.1);
    expect(a.every((value) => Number.isInteger(value * 2 ** 21))).toBe(true);
  });
});

describe("adapter", () => {
  it("has one tensor a linear layer, and zeros change nothing", () => {
    const tensors = adapterTensorSpecs(TINY_CONFIG, TINY_LORA);
    expect(tensors.map(({ name }) => name)).toEqual(linearSpecs(TINY_CONFIG).map(({ name }) => name));
    const zero = zeroAdapter("cid", tensors);
    expect([...adapterFloats(zero).values()].every((values) => values.every((value) => value === 0))).toBe(
      true,
    );
  });

  it("in floats is its integers times 2^-20", () => {
    const adapter = {
      ...zeroAdapter("cid", [SPEC]),
      tensors: [{ ...SPEC, data: Int32Array.of(1, -(2 ** 20), 3, 0) }],
    };
    expect(adapterFloats(adapter).get("w")).toEqual(Float32Array.of(2 ** -20, -1, 3 * 2 ** -20, 0));
  });
});
