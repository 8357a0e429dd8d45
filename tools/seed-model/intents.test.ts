import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { createNodeModel } from "../../src/model/node.ts";
import { readLines } from "./evaluation/lines.ts";
import { measureIntents } from "./evaluation/measure.ts";
import { summarise } from "./evaluation/report.ts";
import { HELD_OUT_FOLDER, MODEL_FOLDER } from "./settings.ts";

/** What the shipped model reaches on utterances that nobody who wrote its corpus has seen (docs/seed-model.md), in percent. */
const REACHED_PERCENT = 92;

const ROOT = path.resolve(import.meta.dirname, "../..");
const node = await createNodeModel(path.join(ROOT, MODEL_FOLDER));
afterAll(() => node.release());

test("the shipped model understands the held-out utterances, and never names what is not in the words", async () => {
  await node.inference.load();
  const outcomes = await measureIntents(node.inference, await readLines(path.join(ROOT, HELD_OUT_FOLDER)));
  const { lines, exact, ungrounded } = summarise(outcomes);
  expect(ungrounded).toBe(0);
  expect((100 * exact) / lines).toBeGreaterThanOrEqual(REACHED_PERCENT);
}, 300_000);
