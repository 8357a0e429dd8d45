import { describe, expect, it } from "vitest";
import { decodeTrainingData, encodeTrainingData, type PublicTrainingData } from "./training-data.ts";

const DATA: PublicTrainingData = {
  version: 1,
  pairs: [{ prompt: "what is a salt?", answer: "a number drawn once", rejected: "a spice" }],
  known: [{ prompt: "who signs?", answer: "validators do" }],
  unwanted: [],
};

describe("public training data", () => {
  it("comes back as it was, in the order of the run", () => {
    expect(decodeTrainingData(encodeTrainingData(DATA))).toEqual(DATA);
  });

  it("is refused when it is longer than a tab would train on, or something else", () => {
    const long = { ...DATA, pairs: [{ prompt: "x".repeat(4_001), answer: "" }] };
    expect(() => encodeTrainingData(long)).toThrow(expect.objectContaining({ code: "unencodable" }));
    expect(() => decodeTrainingData(Uint8Array.of(0xa0))).toThrow(
      expect.objectContaining({ code: "schema" }),
    );
  });
});
