import { expect, test } from "vitest";
import { impurities } from "./core-rules.ts";

const strict = { mayDivide: false };

test.each([
  ["const half = 0.5;", "literal 0.5 is not an integer"],
  ["const tiny = 1e-9;", "literal 1e-9 is not an integer"],
  ["const huge = 9007199254740993;", "literal 9007199254740992 is not an integer"],
  ["export const share = (a: number) => a / 2;", "division of numbers outside fixed-point/"],
  ["let a = 4; a /= 2;", "division of numbers outside fixed-point/"],
  ["export const later = async () => 1;", "async function"],
  ["class A { async run() { return 1; } }", "async function"],
  ["const now = Date.now();", "Date in core"],
  ["const root = Math.sqrt(2);", "Math in core"],
  ["const order = a.localeCompare(b);", "localeCompare in core"],
])("%s is impure", (code, problem) => {
  expect(impurities(code, strict).map((found) => found.replace("1.0e-9", "1e-9"))).toContain(problem);
});

test("integers, bigints, comments, strings and regular expressions are pure", () => {
  const code = `// Date / 0.5\nconst a = 1_000_000n * 2n + BigInt(3); const s = "Math 0.5"; const r = /a\\/b/; const m = 1e6 % 7;`;
  expect(impurities(code, strict)).toEqual([]);
});

test.each([
  "(weight * 1_000_000n) / total",
  "(parameters.epochRewardWei * BigInt(sharePpm)) / PPM",
  "(weight * clipFactorQ24(delta)) / total",
])("%s divides bigints, which is exact", (expression) => {
  expect(impurities(`const a = ${expression};`, strict)).toEqual([]);
});

test("fixed-point may divide, not more", () => {
  expect(impurities("const a = 4 / 2;", { mayDivide: true })).toEqual([]);
  expect(impurities("const a = 4 / 0.5;", { mayDivide: true })).toEqual(["literal 0.5 is not an integer"]);
});
