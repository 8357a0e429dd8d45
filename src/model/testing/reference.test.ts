import { describe, expect, it } from "vitest";
import vectors from "../../../vectors/model/llama.json" with { type: "json" };
import { RopeParameters, ropeScalingOf, rotaryFrequencies } from "../llama/rope-scaling.ts";
import { referenceAttention, referenceHead, referenceNorm, referenceSwiGlu } from "./reference.ts";
import { referenceFrequencies, referenceRotate } from "./reference-rotary.ts";
import { TINY_CONFIG } from "./tiny.ts";

function expectClose(received: readonly number[], expected: readonly number[]): void {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 12);
  });
}

describe("the reference agrees with numbers worked out by hand:", () => {
  it.each(vectors.norm)("norm: $how", ({ x, weight, epsilon, expected }) => {
    expectClose(referenceNorm(x, weight, epsilon), expected);
  });

  it.each(vectors.rotary)("rotary: $how", ({ rope, frequencies, head, position, expected }) => {
    const scaling = ropeScalingOf(RopeParameters.parse(rope.scaling ?? { rope_type: "default" }), 64);
    const config = {
      ...TINY_CONFIG,
      headSize: 2 * frequencies.length,
      ropeTheta: rope.theta,
      ...(scaling === undefined ? {} : { ropeScaling: scaling }),
    };
    expectClose(referenceFrequencies(config).frequencies, frequencies);
    expectClose(rotaryFrequencies(frequencies.length, rope.theta, scaling), frequencies);
    if (head !== undefined) expectClose(referenceRotate(config, head, position), expected);
  });

  it.each(vectors.normedHead)("head: $how", ({ head, weight, epsilon, position, expected }) => {
    const config = { ...TINY_CONFIG, headSize: head.length, normEpsilon: epsilon };
    expectClose(referenceHead(config, head, position, weight), expected);
  });

  it.each(vectors.attention)("attention: $how", ({ query, keys, values, expected }) => {
    expectClose(referenceAttention(query, keys, values), expected);
  });

  it.each(vectors.swiGlu)("SwiGLU: $how", ({ gate, up, expected }) => {
    expectClose(referenceSwiGlu(gate, up), expected);
  });
});
