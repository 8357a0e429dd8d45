import path from "node:path";
import { parseArgs } from "node:util";
import { TRAINING_PLAN } from "../../src/app/node/duties/train.ts";
import { localParameters } from "../../src/core/presets.ts";
import { createNodeModel } from "../../src/model/node.ts";
import { measureCorrections, readCorrections } from "./corrections.ts";
import { MODEL_FOLDER } from "./settings.ts";

/**
 * Prints, as JSON lines, what learning the first so many corrections does to the benchmark, on one WASM thread.
 * Options: --steps, --rate (ppm), --pairs; each may be a list with commas. --ask shows an answer before and after.
 */
const root = path.resolve(import.meta.dirname, "../..");
const clipNormMicro = localParameters(`0x${"0".repeat(40)}`).deltaClipNormMicro;
const corrections = await readCorrections(root);
const { values } = parseArgs({
  options: {
    steps: { type: "string", default: String(TRAINING_PLAN.steps) },
    rate: { type: "string", default: String(TRAINING_PLAN.learningRatePpm) },
    pairs: { type: "string", default: String(corrections.length) },
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
for (const steps of numbers(values.steps)) {
  for (const learningRatePpm of numbers(values.rate)) {
    for (const count of numbers(values.pairs)) {
      const pairs = corrections.slice(0, count);
      const plan = { steps, learningRatePpm };
      const { report, adopted } = await measureCorrections(node, pairs, plan, clipNormMicro);
      console.log(JSON.stringify(report));
      await node.inference.load();
      await node.inference.setAdapter(adopted);
      for (const question of values.ask) await ask("taught", question);
    }
  }
}
await node.release();

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
