import path from "node:path";
import { parseArgs } from "node:util";
import { trainingPlan } from "../../src/app/learning/training-plan.ts";
import { localParameters } from "../../src/core/presets.ts";
import { createNodeModel } from "../../src/model/node.ts";
import { measureCorrections, readCorrections, type TrainingPlan } from "./corrections.ts";
import { baseDialogues, knownQuestions } from "./recall.ts";
import { MODEL_FOLDER } from "./settings.ts";

/**
 * Prints, as JSON lines, what learning the first so many corrections does on one WASM thread: to the benchmark, to the
 * corrected answers after 0, 1 and 2 other turns, and to 20 answers that were known. Options: --steps, --rate (ppm),
 * --pairs, --rehearsals (a step), --chained (ppm), --seed; each may be a list with commas, and what is not given is the
 * app's plan. --known is how many dialogues the user has had before; --ask shows an answer before and after.
 */
const root = path.resolve(import.meta.dirname, "../..");
const clipNormMicro = localParameters(`0x${"0".repeat(40)}`).deltaClipNormMicro;
const corrections = await readCorrections(root);
const { values } = parseArgs({
  options: {
    steps: { type: "string" },
    rate: { type: "string" },
    pairs: { type: "string", default: String(corrections.length) },
    rehearsals: { type: "string" },
    chained: { type: "string" },
    seed: { type: "string", default: "1" },
    known: { type: "string", default: "0" },
    ask: { type: "string", multiple: true, default: [] },
  },
});

const node = await createNodeModel(path.join(root, MODEL_FOLDER));
const startMs = performance.now();
await node.evaluator.evaluate({ adapter: null });
const firstMs = Math.round(performance.now() - startMs);
const { metrics } = await node.evaluator.evaluate({ adapter: null });
const secondMs = Math.round(performance.now() - startMs) - firstMs;
console.log(JSON.stringify({ ...metrics, firstEvaluationMs: firstMs, evaluationMs: secondMs }));
for (const question of values.ask) await ask("base", question);
const known = await baseDialogues(node, knownQuestions("user", Number(values.known)));
for (const count of numbers(values.pairs)) {
  const pairs = corrections.slice(0, count);
  for (const plan of plans(count)) {
    const { report, adopted } = await measureCorrections(node, pairs, plan, clipNormMicro);
    console.log(JSON.stringify(report));
    await node.inference.setAdapter(adopted);
    for (const question of values.ask) await ask("taught", question);
  }
}
await node.release();

/** The app's plan for so many pairs, with every combination of what was asked for in its place. */
function* plans(pairs: number): Generator<TrainingPlan> {
  const app = trainingPlan(pairs);
  for (const steps of numbers(values.steps ?? app.steps)) {
    for (const learningRatePpm of numbers(values.rate ?? app.learningRatePpm)) {
      for (const rehearsalsPerStep of numbers(values.rehearsals ?? app.mixture.rehearsalsPerStep)) {
        for (const chainedPpm of numbers(values.chained ?? app.mixture.chainedPpm)) {
          for (const seed of numbers(values.seed)) {
            const mixture = { ...app.mixture, rehearsalsPerStep, chainedPpm };
            yield { steps, learningRatePpm, mixture, known, seed };
          }
        }
      }
    }
  }
}

function numbers(list: string | number): number[] {
  return String(list).split(",").map(Number);
}

async function ask(version: string, content: string): Promise<void> {
  await node.inference.load();
  const messages = [{ role: "user", content }] as const;
  const request = { messages, maxTokens: 64, temperature: 0, seed: 1 };
  const { text } = await node.inference.generate(request, () => {});
  console.log(JSON.stringify({ version, question: content, answer: text }));
}
