import { describe, expect, it } from "vitest";
import { percentOf } from "./progress.ts";

describe("percentOf", () => {
  it("is unknown without a total and stays within 0 and 100", () => {
    expect(percentOf({ step: "loading", done: 5, total: 0 })).toBeUndefined();
    expect(percentOf({ step: "loading", done: 1, total: 3 })).toBe(33);
    expect(percentOf({ step: "loading", done: 9, total: 3 })).toBe(100);
  });
});
