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
const [end = -1] = tokenizer.encode(CHAT.end).ids;
const [user = -1] = tokenizer.encode(CHAT.user).ids;

describe("batches", () => {
  const { batch, sequence } = PRETRAINING;
  const { tokens, targets, mask } = batchOfStep(7, tokenizer);

  test("depend on the step alone, so that a resumed run sees the same ones", () => {
    expect(batchOfStep(7, tokenizer)).toEqual({ tokens, targets, mask });
    expect(batchOfStep(8, tokenizer).tokens).not.toEqual(tokens);
  });

  test("hold whole dialogues: each row begins with a user and ends with an end, then padding", () => {
    for (let row = 0; row < batch; row++) {
      const rowTokens = Array.from(tokens.subarray(row * sequence, (row + 1) * sequence), Number);
      const rowTargets = Array.from(targets.subarray(row * sequence, (row + 1) * sequence), Number);
      expect(rowTokens[0]).toBe(user);
      const last = rowTargets.findLastIndex((id) => id !== 0);
      expect(rowTargets[last]).toBe(end);
      expect(rowTargets.slice(0, last)).toEqual(rowTokens.slice(1, last + 1));
    }
  });

  test("are mostly full", () => {
    const used = Array.from(targets).filter((id) => id !== 0n).length;
    expect(used).toBeGreaterThan(0.85 * batch * sequence);
  });

  test("answers and their end weigh 1, questions less, the user token nothing", () => {
    const { ids, weights } = encodeSample(dialogueSample([{ question: "hi", answer: "Hello!" }]), tokenizer);
    const answerStart = ids.indexOf(tokenizer.encode(CHAT.assistant).ids[0] ?? -1) + 1;
    expect(weights[0]).toBe(0);
    expect(new Set(weights.slice(1, answerStart))).toEqual(new Set([PRETRAINING.questionWeight]));
    expect(new Set(weights.slice(answerStart))).toEqual(new Set([1]));
    expect(ids.at(-1)).toBe(end);
  });
});

test("the learning rate warms up to its peak and ends at the final rate", () => {
  const { steps, warmupSteps, peakLearningRate, finalLearningRate } = PRETRAINING;
  expect(learningRateOfStep(0)).toBeCloseTo(peakLearningRate / warmupSteps);
  expect(learningRateOfStep(warmupSteps)).toBeCloseTo(peakLearningRate);
  expect(learningRateOfStep(steps)).toBeCloseTo(finalLearningRate);
});

test("a run is named by its tokenizer", () => {
  expect(runName(tokenizerJson)).not.toBe(runName(`${tokenizerJson} `));
});
