import { failure } from "../../core/errors.ts";
import { formatConfig } from "../llama/config.ts";
import { toHuggingFace } from "../llama/hugging-face.ts";
import { initialWeights } from "../llama/initial.ts";
import { parameterSpecs } from "../llama/parameters.ts";
import { describeFile, type ModelManifest } from "../manifest.ts";
import { writeSafetensors } from "../safetensors.ts";
import { TINY_CONFIG, TINY_LORA } from "./tiny.ts";
import { tinyTokenizerJson } from "./tiny-tokenizer.ts";

/** Files of a small random model by path: real in every part, except that it has learnt nothing. */
export function tinyFolder(): ReadonlyMap<string, Uint8Array> {
  const files = {
    config: json("config.json", formatConfig(TINY_CONFIG)),
    weights: {
      path: "model.safetensors",
      bytes: writeSafetensors(toHuggingFace(TINY_CONFIG, initialWeights(TINY_CONFIG, "tiny")), "F16"),
    },
    tokenizer: json("tokenizer.json", tinyTokenizerJson()),
    benchmark: json("benchmark.json", { sequences: BENCHMARK }),
  };
  const describe = ({ path, bytes }: { path: string; bytes: Uint8Array }) => describeFile(path, bytes);
  const manifest: ModelManifest = {
    format: "parley-model-1",
    name: "tiny",
    parameters: parameterSpecs(TINY_CONFIG).reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    ),
    files: {
      config: describe(files.config),
      weights: describe(files.weights),
      tokenizer: describe(files.tokenizer),
      benchmark: describe(files.benchmark),
    },
    lora: TINY_LORA,
    chat: { user: "<|user|>", assistant: "<|assistant|>", end: "<|end|>", pad: "<|pad|>" },
    evaluation: { batch: 4, sequenceTokens: 48 },
    training: { batch: 2, sequenceTokens: 48 },
  };
  const all = [...Object.values(files), json("model.json", manifest)];
  return new Map(all.map(({ path, bytes }) => [path, bytes]));
}

const BENCHMARK = [
  { prompt: "hello", answer: "hello there" },
  { prompt: "what is an epoch?", answer: "a minute of work" },
  { prompt: "who votes?", answer: "members do" },
  { prompt: "thanks", answer: "any time" },
  { prompt: "grüß dich", answer: "hallo 👋" },
];

function json(path: string, value: unknown): { path: string; bytes: Uint8Array } {
  return { path, bytes: new TextEncoder().encode(JSON.stringify(value)) };
}

const folder = tinyFolder();

/** Reads the tiny model as if from a folder. */
export async function readTiny(path: string): Promise<Uint8Array> {
  const bytes = folder.get(path);
  if (bytes === undefined) throw failure("model-file-missing", `${path} is not part of the tiny model.`);
  return bytes;
}
