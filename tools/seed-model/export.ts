import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { formatConfig } from "../../src/model/llama/config.ts";
import { toHuggingFace } from "../../src/model/llama/hugging-face.ts";
import { describeFile, type ModelManifest } from "../../src/model/manifest.ts";
import { writeSafetensors } from "../../src/model/safetensors.ts";
import { buildBenchmark, buildCorrections } from "./benchmark.ts";
import { CHAT, CONFIG, CORRECTIONS_FILE, EVALUATION, LORA, MODEL_FOLDER, TRAINING } from "./settings.ts";

/** Earlier exchanges in the corpus's longest dialogues. */
const HISTORY_TURNS = 2;

/** Writes the model's folder and the corrections of the end-to-end test; returns the bytes of each file. */
export async function exportModel(
  root: string,
  tokenizerJson: string,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<ReadonlyMap<string, number>> {
  const files = new Map<string, Uint8Array>([
    ["config.json", text(formatConfig(CONFIG))],
    ["model.safetensors", writeSafetensors(toHuggingFace(CONFIG, weights), "F16")],
    ["tokenizer.json", new TextEncoder().encode(tokenizerJson)],
    ["benchmark.json", text(buildBenchmark())],
  ]);
  files.set("model.json", text(manifest(files, weights)));
  const folder = path.join(root, MODEL_FOLDER);
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
  const corrections = path.join(root, CORRECTIONS_FILE);
  await mkdir(path.dirname(corrections), { recursive: true });
  await writeFile(corrections, text(buildCorrections()));
  return new Map(Array.from(files, ([name, bytes]) => [name, bytes.length]));
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
