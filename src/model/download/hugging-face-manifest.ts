import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { type CheckpointFile, openCheckpoint, parametersOf } from "../checkpoint.ts";
import { parseConfig } from "../llama/config.ts";
import { describeFile, type ModelFile, type ModelManifest, parseJson } from "../manifest.ts";
import { parseTokenizerJson } from "../text/tokenizer-json.ts";
import { chatOf } from "./hugging-face-chat.ts";
import type { SmallFiles } from "./plan.ts";

export interface HuggingFaceFolder {
  readonly name: string;
  readonly small: SmallFiles;
  /** Every file that came, hashed. */
  readonly files: ReadonlyMap<string, ModelFile>;
  /** Set when the checkpoint is in several files. */
  readonly index: string | undefined;
  readonly weights: readonly string[];
  read(path: string): Promise<Uint8Array>;
  open(path: string): CheckpointFile;
}

export interface MadeManifest {
  readonly manifest: ModelManifest;
  /** Files that the manifest names and the folder had not. */
  readonly made: ReadonlyMap<string, Uint8Array>;
}

const LORA = { rank: 8, alpha: 32 } as const;
const SEQUENCE_TOKENS = 128;

/** Measures how well a general model answers at all; a network's own benchmark comes with its own model. */
const BENCHMARK = {
  sequences: [
    { prompt: "What is the capital of France?", answer: "Paris." },
    { prompt: "What is two plus three?", answer: "Five." },
    { prompt: "Name a fruit.", answer: "Apple." },
    { prompt: "Say hello.", answer: "Hello!" },
  ],
};

/** A manifest for a folder that has none. Errors: model-config, model-weights, model-tokenizer, model-template. */
export async function makeManifest(folder: HuggingFaceFolder): Promise<MadeManifest> {
  const config = parseConfig(parseJson(await folder.read("config.json"), "config.json"));
  const tokenizer = parseTokenizerJson(parseJson(await folder.read("tokenizer.json"), "tokenizer.json"));
  const checkpoint = await openCheckpoint(folder.weights.map((path) => folder.open(path)));
  const { chat, template } = chatOf(folder.small, tokenizer);
  const made = new Map([
    ["benchmark.json", new TextEncoder().encode(JSON.stringify(BENCHMARK))],
    ["chat_template.jinja", new TextEncoder().encode(template)],
  ]);
  const file = (path: string): ModelFile => {
    const bytes = made.get(path);
    const known = bytes === undefined ? folder.files.get(path) : describeFile(path, bytes);
    if (known === undefined) throw failure("model-file-missing", `${path} did not come.`);
    return known;
  };
  const weights = file(folder.index ?? folder.weights[0] ?? "");
  const sequenceTokens = Math.min(SEQUENCE_TOKENS, config.contextTokens);
  const licence = licenceOf(folder.small.card);
  const manifest: ModelManifest = {
    format: "parley-model-1",
    name: folder.name,
    parameters: parametersOf(checkpoint),
    ...(licence === undefined ? {} : { licence }),
    files: {
      config: file("config.json"),
      weights,
      ...(folder.index === undefined ? {} : { shards: folder.weights.map(file) }),
      tokenizer: file("tokenizer.json"),
      benchmark: file("benchmark.json"),
      template: file("chat_template.jinja"),
    },
    lora: { ...LORA, seed: weights.cid },
    chat,
    evaluation: { batch: 4, sequenceTokens },
    training: { batch: 4, sequenceTokens },
  };
  return { manifest, made };
}

/** `license:` of a model card's front matter. */
function licenceOf(card: Uint8Array | undefined): string | undefined {
  if (card === undefined) return undefined;
  const [, matter] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(new TextDecoder().decode(card)) ?? [];
  const [, licence] = /^license:[ \t]*["']?([\w.+-]{1,80})/m.exec(matter ?? "") ?? [];
  return z.string().min(1).safeParse(licence).data;
}
