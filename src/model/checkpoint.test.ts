import { describe, expect, it } from "vitest";
import { checkShapes, openCheckpoint, parametersOf, parseIndex } from "./checkpoint.ts";
import { checkpointSpecs } from "./llama/hugging-face.ts";
import { initialWeights } from "./llama/initial.ts";
import { parameterSpecs } from "./llama/parameters.ts";
import { writeQuantised } from "./quantisation/storage.ts";
import { writeSafetensors } from "./safetensors.ts";
import { TINY_CONFIG } from "./testing/tiny.ts";

const file = (path: string, bytes: Uint8Array) => ({
  path,
  bytes: bytes.length,
  read: async (start: number, end: number) => bytes.subarray(start, end),
});
const one = (name: string, ...shape: number[]) =>
  writeSafetensors([{ name, shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }], "F16");

describe("a checkpoint", () => {
  it("reads tensors from whichever file holds them", async () => {
    const checkpoint = await openCheckpoint([file("a", one("x", 2)), file("b", one("y", 3))]);
    expect((await checkpoint.read("y")).shape).toEqual([3]);
    await expect(checkpoint.read("z")).rejects.toThrow(/lacks z/);
  });

  it("is refused when two files hold one tensor", async () => {
    await expect(openCheckpoint([file("a", one("x", 2)), file("b", one("x", 2))])).rejects.toThrow(
      /Two files/,
    );
  });

  it("is refused when it lacks a tensor or has one of another shape, with what was expected", async () => {
    const checkpoint = await openCheckpoint([file("a", one("x", 2, 3))]);
    const check = (name: string, shape: number[]) => () => checkShapes(checkpoint, [{ name, shape }]);
    expect(check("x", [2, 3])).not.toThrow();
    expect(check("x", [3, 2])).toThrow(/another shape. \(expected 3×2, received 2×3\)/);
    expect(check("y", [1])).toThrow(/lacks y/);
  });

  it.each(["int8", "int4"] as const)(
    "in %s has the shapes and the parameters of its floats",
    async (form) => {
      const bytes = writeQuantised(TINY_CONFIG, initialWeights(TINY_CONFIG, "tiny"), form);
      const checkpoint = await openCheckpoint([file("model.safetensors", bytes)]);
      expect(() => checkShapes(checkpoint, checkpointSpecs(TINY_CONFIG))).not.toThrow();
      const expected = parameterSpecs(TINY_CONFIG).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
      expect(parametersOf(checkpoint)).toBe(expected.reduce((a, b) => a + b, 0));
    },
  );
});

describe("an index", () => {
  const index = (weightMap: unknown) =>
    parseIndex(new TextEncoder().encode(JSON.stringify({ weight_map: weightMap })), "index.json");

  it("names each file once", () => {
    expect(index({ a: "2.safetensors", b: "1.safetensors", c: "2.safetensors" })).toEqual([
      "1.safetensors",
      "2.safetensors",
    ]);
  });

  it.each(["../a", "/a", "a/b", "https://a/b", "", ".a", "a".repeat(200)])(
    "is refused with the file %j",
    (path) => {
      expect(() => index({ a: path })).toThrow(expect.objectContaining({ code: "model-weights" }));
    },
  );
});
