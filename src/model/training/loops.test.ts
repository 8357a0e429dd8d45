import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildGradientGraph } from "../llama/gradient-graph.ts";
import { initialWeights } from "../llama/initial.ts";
import { factorSpecs } from "../llama/sources.ts";
import { buildTrainingGraph } from "../llama/training-graph.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../runtime/wasm-node.ts";
import { SeededIntegers } from "../seeded.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import { AccumulatingLoop } from "./accumulating-loop.ts";
import type { Batch } from "./batch-feeds.ts";
import { TrainingLoop } from "./loop.ts";

const SEQUENCE = 12;
const RATE = 0.02;
const OPTIONS = {
  mode: "lora",
  weights: initialWeights(TINY_CONFIG, "loops"),
  lora: TINY_LORA,
  sequence: SEQUENCE,
} as const;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeWasmRuntime(1, await installedRuntime());
});
const open: { release(): Promise<void> }[] = [];
afterAll(async () => {
  for (const loop of open) await loop.release();
});

/** Factor B from a label: not zero, so that every gradient is. */
function factors(label: string): Map<string, Float32Array> {
  const draw = new SeededIntegers(label);
  return new Map(
    factorSpecs(TINY_CONFIG, TINY_LORA).map(({ name, shape: [rank = 0, outputs = 0] }) => [
      name,
      Float32Array.from({ length: rank * outputs }, () => draw.fraction() - 0.5),
    ]),
  );
}

/** Rows of random tokens; each target counts with probability a half. */
function randomBatch(rows: number): Batch {
  const draw = new SeededIntegers(`rows ${rows}`);
  const ids = () =>
    BigInt64Array.from({ length: rows * SEQUENCE }, () => BigInt(draw.below(TINY_CONFIG.vocabularySize)));
  return {
    tokens: ids(),
    targets: ids(),
    mask: Float32Array.from({ length: rows * SEQUENCE }, () => draw.below(2)),
  };
}

function rowsOf({ tokens, targets, mask }: Batch, from: number, to: number): Batch {
  const [start, end] = [from * SEQUENCE, to * SEQUENCE];
  return {
    tokens: tokens.slice(start, end),
    targets: targets.slice(start, end),
    mask: mask.slice(start, end),
  };
}

async function accumulating(batch: number): Promise<AccumulatingLoop> {
  const graph = buildGradientGraph(TINY_CONFIG, { ...OPTIONS, batch });
  const loop = await AccumulatingLoop.create(runtime, graph, factors("start"));
  open.push(loop);
  return loop;
}

function largestDifference(
  a: ReadonlyMap<string, Float32Array>,
  b: ReadonlyMap<string, Float32Array>,
): number {
  let largest = 0;
  for (const [name, values] of a) {
    for (const [index, value] of values.entries()) {
      largest = Math.max(largest, Math.abs(value - (b.get(name)?.[index] ?? Number.NaN)));
    }
  }
  return largest;
}

describe("gradient accumulation", () => {
  it("steps as one large batch does, to float rounding, whatever the cut into micro-batches", async () => {
    const whole = randomBatch(4);
    const graph = buildTrainingGraph(TINY_CONFIG, { ...OPTIONS, batch: 4 });
    const fused = await TrainingLoop.create(runtime, graph, factors("start"));
    open.push(fused);
    const losses = [await fused.train(whole, RATE), await fused.train(whole, RATE)];
    for (const rows of [1, 2, 4]) {
      const loop = await accumulating(rows);
      const batches = Array.from({ length: 4 / rows }, (_, index) =>
        rowsOf(whole, index * rows, (index + 1) * rows),
      );
      for (const loss of losses) expect(await loop.train(batches, RATE)).toBeCloseTo(loss, 5);
      expect(largestDifference(fused.parameters(), loop.parameters())).toBeLessThan(2e-4);
    }
    expect(largestDifference(fused.parameters(), factors("start"))).toBeGreaterThan(RATE / 2);
  });

  it("gives the same bits every time, and goes on from a saved state as if it had not stopped", async () => {
    const whole = randomBatch(4);
    const batches = [rowsOf(whole, 0, 2), rowsOf(whole, 2, 4)];
    const straight = await accumulating(2);
    await straight.train(batches, RATE);
    const saved = straight.save();
    await straight.train(batches, RATE);
    const resumed = await accumulating(2);
    resumed.restore(saved);
    await resumed.train(batches, RATE);
    expect(resumed.save()).toEqual(straight.save());
    expect(resumed.step).toBe(2);
  });

  it("says when the loss is no number", async () => {
    const loop = await accumulating(1);
    const empty = { ...randomBatch(1), mask: new Float32Array(SEQUENCE) };
    await expect(loop.train([empty], RATE)).rejects.toMatchObject({ data: { code: "training-diverged" } });
  });
});

describe("scored rows", () => {
  it("alone give the loss and the step of the whole with a mask", async () => {
    const whole = randomBatch(2);
    const chosen = Array.from(whole.mask.keys()).filter((index) => whole.mask[index] === 1);
    // Filled up with position 0 at weight 0, as when batches differ in how many count.
    const scored = [...chosen, 0, 0];
    const create = async (count?: number) => {
      const shape = { batch: 2, ...(count === undefined ? {} : { scored: count }) };
      const graph = buildTrainingGraph(TINY_CONFIG, { ...OPTIONS, ...shape });
      const loop = await TrainingLoop.create(runtime, graph, factors("start"));
      open.push(loop);
      return loop;
    };
    const full = await create();
    const few = await create(scored.length);
    const batch: Batch = {
      tokens: whole.tokens,
      scored: BigInt64Array.from(scored, BigInt),
      targets: BigInt64Array.from(scored, (index) => whole.targets[index] ?? 0n),
      mask: Float32Array.from(scored, (_, index) => (index < chosen.length ? 1 : 0)),
    };
    expect(await few.train(batch, RATE)).toBeCloseTo(await full.train(whole, RATE), 5);
    expect(largestDifference(full.parameters(), few.parameters())).toBeLessThan(1e-4);
  });
});
