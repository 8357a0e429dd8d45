import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { formatConfig } from "../../src/model/llama/config.ts";
import { describeFile, type ModelManifest } from "../../src/model/manifest.ts";
import { writeQuantised } from "../../src/model/quantisation/storage.ts";
import { buildBenchmark, buildCorrections } from "./benchmark.ts";
import { CHAT, CONFIG, CORRECTIONS_FILE, EVALUATION, LORA, TRAINING } from "./settings.ts";

/** Earlier exchanges in the corpus's longest dialogues. */
const HISTORY_TURNS = 2;

/** Writes a model's folder; returns the bytes of each file. */
export async function exportModel(
  folder: string,
  tokenizerJson: string,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<ReadonlyMap<string, number>> {
  const files = new Map<string, Uint8Array>([
    ["config.json", text(formatConfig(CONFIG))],
    ["model.safetensors", writeQuantised(CONFIG, weights, "int8")],
    ["tokenizer.json", new TextEncoder().encode(tokenizerJson)],
    ["benchmark.json", text(buildBenchmark())],
  ]);
  files.set("model.json", text(manifest(files, weights)));
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
  return new Map(Array.from(files, ([name, bytes]) => [name, bytes.length]));
}

/** Writes the corrections of the end-to-end test. */
export async function exportCorrections(root: string): Promise<void> {
  const file = path.join(root, CORRECTIONS_FILE);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text(buildCorrections()));
}

function manifest(
  files: ReadonlyMap<string, Uint8Array>,
  weights: ReadonlyMap<string, Float32Array>,
): ModelManifest {
  const entry = (name: string) => describeFile(name, files.get(name) ?? new Uint8Array());
  const weightsFile = entry("model.safetensors");
  let parameters = 0;
  for (const tensor of weights.values()) parameters += tensor.length;
  return {
    format: "parley-model-1",
    name: "Parley seed",
    parameters,
    historyTurns: HISTORY_TURNS,
    files: {
      config: entry("config.json"),
      weights: weightsFile,
      tokenizer: entry("tokenizer.json"),
      benchmark: entry("benchmark.json"),
    },
    lora: { ...LORA, seed: weightsFile.cid },
    chat: CHAT,
    evaluation: EVALUATION,
    training: TRAINING,
  };
}

function text(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}
