import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initialWeights } from "../llama/initial.ts";
import { factorSpecs } from "../llama/sources.ts";
import { buildTrainingGraph } from "../llama/training-graph.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../runtime/wasm-node.ts";
import { SeededIntegers } from "../seeded.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import type { Batch } from "./batch-feeds.ts";
import type { Turn } from "./examples.ts";
import { TrainingLoop } from "./loop.ts";
import { choosePacking, packBatches, packRows } from "./packing.ts";

const COST = { linear: 1_000, attention: 10 } as const;
const WEIGHTS = initialWeights(TINY_CONFIG, "packing");

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeWasmRuntime(1, await installedRuntime());
});
const open: TrainingLoop[] = [];
afterAll(async () => {
  for (const loop of open) await loop.release();
});

/** Turns of 3 to 20 random tokens, the second half scored. */
function randomTurns(label: string, count: number, chained: boolean): Turn[] {
  const draw = new SeededIntegers(label);
  return Array.from({ length: count }, (_, index) => {
    const all = Array.from({ length: 4 + draw.below(18) }, () => draw.below(TINY_CONFIG.vocabularySize));
    const tokens = all.slice(0, -1);
    return {
      tokens,
      targets: all.slice(1),
      scored: tokens.map((_, position) => position >= tokens.length / 2),
      id: `${index}`,
      weight: 1 + draw.below(3),
      order: draw.next(),
      chained,
    };
  });
}

/** Loss and parameters after one step from fixed factors. */
async function step(shape: Parameters<typeof buildTrainingGraph>[1], batch: Batch) {
  const draw = new SeededIntegers("factors");
  const initial = new Map(
    factorSpecs(TINY_CONFIG, TINY_LORA).map(({ name, shape: [rank = 0, outputs = 0] }) => [
      name,
      Float32Array.from({ length: rank * outputs }, () => draw.fraction() - 0.5),
    ]),
  );
  const loop = await TrainingLoop.create(runtime, buildTrainingGraph(TINY_CONFIG, shape), initial);
  open.push(loop);
  return { loss: await loop.train(batch, 0.02), parameters: loop.parameters() };
}

const LORA = { mode: "lora", weights: WEIGHTS, lora: TINY_LORA } as const;

/** One row a sequence, padded: what packing must be equal to. */
function separateRows(sequences: readonly Pick<Turn, "tokens" | "targets" | "scored" | "weight">[]) {
  const sequence = Math.max(...sequences.map(({ tokens }) => tokens.length));
  const size = sequences.length * sequence;
  const batch = {
    tokens: new BigInt64Array(size),
    targets: new BigInt64Array(size),
    mask: new Float32Array(size),
  };
  for (const [row, { tokens, targets, scored, weight }] of sequences.entries()) {
    for (const [column, token] of tokens.entries()) {
      const at = row * sequence + column;
      batch.tokens[at] = BigInt(token);
      batch.targets[at] = BigInt(targets[column] ?? 0);
      batch.mask[at] = scored[column] ? weight : 0;
    }
  }
  return step({ ...LORA, batch: sequences.length, sequence }, batch);
}

async function packed(turns: readonly Turn[]) {
  const packing = choosePacking([turns], { turnsPerRow: 1, longestRow: 48, cost: COST, microBatches: 1 });
  const [batch] = packBatches(turns, packing, 0);
  if (batch === undefined) throw new RangeError("no batch");
  return { packing, ...(await step({ ...LORA, ...packing.shape }, batch)) };
}

function expectNear(a: ReadonlyMap<string, Float32Array>, b: ReadonlyMap<string, Float32Array>): void {
  for (const [name, values] of a) {
    for (const [index, value] of values.entries()) {
      expect(Math.abs(value - (b.get(name)?.[index] ?? Number.NaN))).toBeLessThan(2e-4);
    }
  }
}

describe("packing", () => {
  it.each(["one", "two", "three"])("gives the loss and the step of separate rows: draw %s", async (label) => {
    const turns = randomTurns(label, 5, false);
    const together = await packed(turns);
    const apart = await separateRows(turns);
    expect(together.packing.shape.batch).toBeLessThan(turns.length);
    expect(together.loss).toBeCloseTo(apart.loss, 5);
    expectNear(together.parameters, apart.parameters);
  });

  it("of chained turns gives the loss and the step of the dialogue that they make", async () => {
    const turns = randomTurns("dialogue", 3, true).map((turn, order) => ({ ...turn, order, weight: 1 }));
    const dialogue = turns.reduce<Pick<Turn, "tokens" | "targets" | "scored"> | undefined>(
      (before, { tokens, targets, scored }) =>
        before === undefined
          ? { tokens, targets, scored }
          : {
              tokens: [...before.tokens, ...before.targets.slice(-1), ...tokens],
              targets: [...before.targets, ...tokens.slice(0, 1), ...targets],
              scored: [...before.scored, false, ...scored],
            },
      undefined,
    );
    if (dialogue === undefined) throw new RangeError("no dialogue");
    const packing = choosePacking([turns], {
      turnsPerRow: 1,
      longestRow: 64,
      cost: { linear: 1, attention: 0 },
      microBatches: 1,
    });
    const whole = { batch: 1, sequence: 64, packed: true, scored: packing.shape.scored } as const;
    const [batch] = packBatches(turns, { shape: whole, microBatches: 1 }, 0);
    if (batch === undefined) throw new RangeError("no batch");
    const chained = await step({ ...LORA, ...whole }, batch);
    const expected = await separateRows([{ ...dialogue, weight: 1 }]);
    expect(chained.loss).toBeCloseTo(expected.loss, 5);
    expectNear(chained.parameters, expected.parameters);
  });

  it("puts every turn into one row, in rows that are never too long, and no row could be emptied into another", () => {
    for (let draw = 0; draw < 50; draw++) {
      const turns = randomTurns(`draw ${draw}`, 1 + (draw % 9), draw % 2 === 0);
      const rows = packRows(turns, 24);
      const sizes = rows.map((row) => row.reduce((sum, { tokens }) => sum + tokens.length + 1, -1));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(24);
      expect(
        rows
          .flat()
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(turns.map(({ id }) => id).toSorted());
      for (const [index, size] of sizes.entries()) {
        expect(sizes.slice(0, index).every((before) => before + 1 + size > 24)).toBe(true);
      }
    }
  });

  it("never lets a turn follow itself in a dialogue", () => {
    const [turn] = randomTurns("alone", 1, true);
    if (turn === undefined) throw new RangeError("no turn");
    const shape = { batch: 1, sequence: 64, packed: true, scored: 40 } as const;
    const [batch] = packBatches([turn, turn], { shape, microBatches: 1 }, 0);
    const second = turn.tokens.length;
    expect(batch?.packing?.segments[second]).toBe(1n);
    expect(batch?.packing?.positions[second]).toBe(0n);
  });
});
