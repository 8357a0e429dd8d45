import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { createNodeModel } from "../../src/model/node.ts";
import { readLines } from "./evaluation/lines.ts";
import { measureIntents, type Outcome } from "./evaluation/measure.ts";
import { formatReport, replaceSection } from "./evaluation/report.ts";
import { DEVELOPMENT_FOLDER, HELD_OUT_FOLDER, MODEL_FOLDER, REPORT_FILE } from "./settings.ts";

const USAGE = `node_modules/.bin/tsx tools/seed-model/evaluate.ts [--folder public/model] [--write] [--failures]
Asks a model for the intents of the development and the held-out set, on one WASM thread with constrained decoding, as the app
does. --write puts the tables into docs/seed-model.md; --failures prints what went wrong in the development set (the held-out
set is to stay unseen by those who write the corpus).`;

const root = path.resolve(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    folder: { type: "string", default: MODEL_FOLDER },
    write: { type: "boolean", default: false },
    failures: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else await evaluate();

async function evaluate(): Promise<void> {
  const node = await createNodeModel(path.join(root, values.folder));
  await node.inference.load();
  const measure = async (folder: string): Promise<Outcome[]> =>
    measureIntents(node.inference, await readLines(path.join(root, folder)), showProgress);
  const development = await measure(DEVELOPMENT_FOLDER);
  const heldOut = await measure(HELD_OUT_FOLDER);
  await node.release();
  if (values.failures) showFailures(development);
  const report = formatReport({ "held-out": heldOut, development });
  console.log(report);
  if (values.write) {
    const file = path.join(root, REPORT_FILE);
    await writeFile(file, replaceSection(await readFile(file, "utf8"), report));
  }
}

function showProgress(done: number): void {
  if (done % 50 === 0) console.error(`${done} utterances`);
}

function showFailures(outcomes: readonly Outcome[]): void {
  for (const { text, expected, output, exact } of outcomes) {
    if (!exact) console.log(`${text}\n   meant ${expected}, got ${output}`);
  }
}
