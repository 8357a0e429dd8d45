import path from "node:path";
import { parseArgs } from "node:util";
import { exportModel } from "./export.ts";
import { PRETRAINING } from "./settings.ts";
import { buildTokenizerJson, openTokenizer } from "./tokenizer/build.ts";
import { runName } from "./training/checkpoint.ts";
import { pretrain } from "./training/pretrain.ts";

const USAGE = `npm run seed-model -- [--threads N] [--last-step N] [--train-only]
Makes public/model: corpus, tokenizer, pre-training (goes on from .parley/seed-model), benchmark, manifest.`;

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    "last-step": { type: "string", default: String(PRETRAINING.steps) },
    "train-only": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else await makeSeedModel(Number(values.threads), Number(values["last-step"]), values["train-only"]);

async function makeSeedModel(threads: number, lastStep: number, trainOnly: boolean): Promise<void> {
  const root = path.resolve(import.meta.dirname, "../..");
  const tokenizerJson = buildTokenizerJson();
  const weights = await pretrain({
    root,
    run: runName(tokenizerJson),
    tokenizer: openTokenizer(tokenizerJson),
    threads,
    lastStep,
    log: (line) => console.log(line),
  });
  if (trainOnly) return;
  for (const [name, bytes] of await exportModel(root, tokenizerJson, weights)) console.log(name, bytes);
}
