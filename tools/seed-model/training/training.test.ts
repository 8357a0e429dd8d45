import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { dialogueSample } from "../corpus/samples.ts";
import { CHAT, MODEL_FOLDER, PRETRAINING } from "../settings.ts";
import { openTokenizer } from "../tokenizer/build.ts";
import { batchOfStep, encodeSample } from "./batches.ts";
import { runName } from "./checkpoint.ts";
import { learningRateOfStep } from "./schedule.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const tokenizerJson = await readFile(path.join(ROOT, MODEL_FOLDER, "tokenizer.json"), "utf8");
const tokenizer = openTokenizer(tokenizerJson);
const [endToken = -1] = tokenizer.encode(CHAT.end).ids;
const [user = -1] = tokenizer.encode(CHAT.user).ids;

describe("batches", () => {
  const { batch, sequence } = PRETRAINING;
  const first = batchOfStep(7, tokenizer);
  const { tokens, targets, packing } = first;

  test("depend on the step alone, so that a resumed run sees the same ones", () => {
    expect(batchOfStep(7, tokenizer)).toEqual(first);
    expect(batchOfStep(8, tokenizer).tokens).not.toEqual(tokens);
  });

  test("hold whole samples, each from position 0 and in a segment of its own: a user first, an end last", () => {
    for (let row = 0; row < batch; row++) {
      const part = (values: BigInt64Array) =>
        Array.from(values.subarray(row * sequence, (row + 1) * sequence), Number);
      const [rowTokens, rowTargets] = [part(tokens), part(targets)];
      const [positions, segments] = [part(packing.positions), part(packing.segments)];
      const used = rowTargets.findLastIndex((id) => id !== 0) + 1;
      const starts = positions.slice(0, used).flatMap((position, at) => (position === 0 ? [at] : []));
      expect(starts.length).toBeGreaterThan(1);
      starts.forEach((start, segment) => {
        const end = starts[segment + 1] ?? used;
        expect(rowTokens[start]).toBe(user);
        expect(rowTargets[end - 1]).toBe(endToken);
        expect(rowTargets.slice(start, end - 1)).toEqual(rowTokens.slice(start + 1, end));
        expect(positions.slice(start, end)).toEqual(Array.from({ length: end - start }, (_, at) => at));
        expect(new Set(segments.slice(start, end))).toEqual(new Set([segment]));
      });
      expect(segments.slice(0, used)).not.toContain(segments[used] ?? -1);
    }
  });

  test("are mostly full", () => {
    const used = Array.from(targets).filter((id) => id !== 0n).length;
    expect(used).toBeGreaterThan(0.85 * batch * sequence);
  });

  test("answers and their end weigh 1, questions less, the tokens between nothing", () => {
    const { ids, weights } = encodeSample(dialogueSample([{ question: "hi", answer: "Hello!" }]), tokenizer);
    const answerStart = ids.indexOf(tokenizer.encode(CHAT.assistant).ids[0] ?? -1) + 1;
    expect(weights[0]).toBe(0);
    expect(new Set(weights.slice(1, answerStart - 1))).toEqual(new Set([PRETRAINING.questionWeight]));
    expect(weights[answerStart - 1]).toBe(0);
    expect(new Set(weights.slice(answerStart))).toEqual(new Set([1]));
    expect(ids.at(-1)).toBe(endToken);
  });
});

test("the learning rate warms up to its peak, is lower for what was added, and ends at the final rate", () => {
  const { steps, warmupSteps, peakLearningRate, added, finalLearningRate } = PRETRAINING;
  expect(learningRateOfStep(0)).toBeCloseTo(peakLearningRate / warmupSteps, 6);
  expect(learningRateOfStep(warmupSteps)).toBeCloseTo(peakLearningRate, 6);
  expect(learningRateOfStep(added.fromStep - 1)).toBeCloseTo(peakLearningRate, 6);
  expect(learningRateOfStep(added.fromStep)).toBeCloseTo(added.learningRate, 6);
  expect(learningRateOfStep(steps)).toBeCloseTo(finalLearningRate, 6);
});

test("a run is named by its tokenizer", () => {
  expect(runName(tokenizerJson)).not.toBe(runName(`${tokenizerJson} `));
});
