import { describe, expect, it } from "vitest";
import { anchorWords, gweiText, parseGwei } from "./anchor-words.ts";

describe("a price of gas", () => {
  it("is read and written in gwei", () => {
    expect(["20", " 2.5 ", "0,1", ""].map(parseGwei)).toEqual([
      20_000_000_000n,
      2_500_000_000n,
      100_000_000n,
      undefined,
    ]);
    expect([20_000_000_000n, 2_500_000_000n, 1n, 1_234_567_890n].map(gweiText)).toEqual([
      "20",
      "2.5",
      "0",
      "1.234",
    ]);
    for (const wrong of ["-1", "1e3", "twenty", "1.2.3"]) {
      expect(() => parseGwei(wrong)).toThrow(expect.objectContaining({ code: "gas-price" }));
    }
  });
});

it("says whose turn it is, in one sentence or two", () => {
  expect(anchorWords({ state: "others-first", epochs: 1, place: 1 })).toContain("Another validator");
  expect(anchorWords({ state: "others-first", epochs: 1, place: 3 })).toContain("3 validators");
  expect(anchorWords({ state: "nothing-to-claim", epochs: 2 })).toContain("nobody needs to pay");
});
