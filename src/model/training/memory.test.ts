import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { initialWeights } from "../llama/initial.ts";
import { buildTrainingGraph } from "../llama/training-graph.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import { checkMemory, estimateMemory } from "./memory.ts";

const WEIGHTS = initialWeights(TINY_CONFIG, "memory");
const estimate = (batch: number, sequence: number) =>
  estimateMemory(
    buildTrainingGraph(TINY_CONFIG, { mode: "lora", weights: WEIGHTS, lora: TINY_LORA, batch, sequence })
      .graph,
  );

describe("the memory of a training run, stated before it starts", () => {
  it("grows with the batch, and for attention with the length of a row", () => {
    const small = estimate(1, 16);
    expect(estimate(4, 16).activationBytes).toBeGreaterThan(3.2 * small.activationBytes);
    expect(estimate(1, 64).activationBytes).toBeGreaterThan(1.1 * estimate(4, 16).activationBytes);
    expect(estimate(4, 16).weightBytes).toBeLessThan(1.1 * small.weightBytes);
  });

  it("is refused with what would fit when there is more than training may take", () => {
    const refused = { ...estimate(1, 16), totalBytes: 3 * 2 ** 30 };
    expect(() => checkMemory(refused)).toThrow(
      expect.objectContaining({
        data: expect.objectContaining({
          code: "training-memory",
          expected: "≤ 1024 MiB",
          received: "3072 MiB",
        }),
      }),
    );
  });

  it("is what the WebAssembly heap grows to, within a factor of two", async () => {
    const script = fileURLToPath(new URL("../testing/measure-heap.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script]);
    const measured: { estimatedBytes: number; grownBytes: number } = JSON.parse(stdout);
    const ratio = measured.estimatedBytes / measured.grownBytes;
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  }, 120_000);
});
