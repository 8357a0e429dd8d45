import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { exportCorrections, exportModel } from "./export.ts";
import { MODEL_FOLDER, PRETRAINING } from "./settings.ts";
import { buildTokenizerJson, openTokenizer } from "./tokenizer/build.ts";
import { runName } from "./training/checkpoint.ts";
import { pretrain } from "./training/pretrain.ts";

const USAGE = `npm run seed-model -- [--threads N] [--last-step N] [--folder F] [--tokenizer FILE | --new-tokenizer]
Makes the model's folder (public/model): pre-training on the corpus (goes on from .parley/seed-model), benchmark, manifest.
The tokenizer is the one in public/model, so that training can go on when the corpus grows; --new-tokenizer trains one.`;

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    "last-step": { type: "string", default: String(PRETRAINING.steps) },
    tokenizer: { type: "string", default: path.join(MODEL_FOLDER, "tokenizer.json") },
    "new-tokenizer": { type: "boolean", default: false },
    folder: { type: "string", default: MODEL_FOLDER },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else await makeSeedModel(Number(values.threads), Number(values["last-step"]), values.folder);

async function makeSeedModel(threads: number, lastStep: number, folder: string): Promise<void> {
  const root = path.resolve(import.meta.dirname, "../..");
  const tokenizerJson = values["new-tokenizer"]
    ? buildTokenizerJson()
    : await readFile(path.join(root, values.tokenizer), "utf8");
  const weights = await pretrain({
    root,
    run: runName(tokenizerJson),
    tokenizer: openTokenizer(tokenizerJson),
    threads,
    lastStep,
    log: (line) => console.log(line),
  });
  const files = await exportModel(path.join(root, folder), tokenizerJson, weights);
  for (const [name, bytes] of files) console.log(name, bytes);
  if (folder === MODEL_FOLDER) await exportCorrections(root);
}
