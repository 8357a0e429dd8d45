import path from "node:path";
import { parseArgs } from "node:util";
import { TRAINING_PLAN } from "../../src/app/node/duties/train.ts";
import { localParameters } from "../../src/core/presets.ts";
import { createNodeModel } from "../../src/model/node.ts";
import { measureCorrections, readCorrections, type TrainingPlan } from "./corrections.ts";
import { baseDialogues, knownQuestions } from "./recall.ts";
import { MODEL_FOLDER } from "./settings.ts";

/**
 * Prints, as JSON lines, what learning the first so many corrections does on one WASM thread: to the benchmark, to the
 * corrected answers after 0, 1 and 2 other turns, and to 20 answers that were known. Options: --steps, --rate (ppm),
 * --pairs, --rehearsals (a step), --chained (ppm); each may be a list with commas. --known is how many dialogues the user
 * has had before; --ask shows an answer before and after.
 */
const root = path.resolve(import.meta.dirname, "../..");
const clipNormMicro = localParameters(`0x${"0".repeat(40)}`).deltaClipNormMicro;
const corrections = await readCorrections(root);
const { values } = parseArgs({
  options: {
    steps: { type: "string", default: String(TRAINING_PLAN.steps) },
    rate: { type: "string", default: String(TRAINING_PLAN.learningRatePpm) },
    pairs: { type: "string", default: String(corrections.length) },
    rehearsals: { type: "string", default: String(TRAINING_PLAN.mixture.rehearsalsPerStep) },
    chained: { type: "string", default: String(TRAINING_PLAN.mixture.chainedPpm) },
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
for (const plan of plans()) {
  for (const count of numbers(values.pairs)) {
    const pairs = corrections.slice(0, count);
    const { report, adopted } = await measureCorrections(node, pairs, plan, clipNormMicro);
    console.log(JSON.stringify(report));
    await node.inference.setAdapter(adopted);
    for (const question of values.ask) await ask("taught", question);
  }
}
await node.release();

function* plans(): Generator<TrainingPlan> {
  for (const steps of numbers(values.steps)) {
    for (const learningRatePpm of numbers(values.rate)) {
      for (const rehearsalsPerStep of numbers(values.rehearsals)) {
        for (const chainedPpm of numbers(values.chained)) {
          const mixture = { ...TRAINING_PLAN.mixture, rehearsalsPerStep, chainedPpm };
          yield { steps, learningRatePpm, mixture, known };
        }
      }
    }
  }
}

function numbers(list: string): number[] {
  return list.split(",").map(Number);
}

async function ask(version: string, content: string): Promise<void> {
  await node.inference.load();
  const messages = [{ role: "user", content }] as const;
  const request = { messages, maxTokens: 64, temperature: 0, seed: 1 };
  const { text } = await node.inference.generate(request, () => {});
  console.log(JSON.stringify({ version, question: content, answer: text }));
}
