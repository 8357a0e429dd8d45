import { cidOf } from "../core/codec/dag-cbor.ts";
import { failure } from "../core/errors.ts";
import type { Adapter, Cid, TensorSpec } from "../core/primitives.ts";
import type { OnProgress } from "../ports/progress.ts";
import { type Benchmark, parseBenchmark } from "./benchmark.ts";
import { type LlamaConfig, parseConfig } from "./llama/config.ts";
import { fromHuggingFace } from "./llama/hugging-face.ts";
import type { Weights } from "./llama/parameters.ts";
import { adapterTensorSpecs } from "./lora/factors.ts";
import { checkFile, type ModelFile, type ModelManifest, parseJson, parseManifest } from "./manifest.ts";
import { readSafetensors } from "./safetensors.ts";
import { Tokenizer } from "./text/tokenizer.ts";

/** A model in memory, every file checked against the manifest. */
export interface Model {
  /** CID of model.json. */
  readonly cid: Cid;
  readonly manifest: ModelManifest;
  readonly config: LlamaConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly benchmark: Benchmark;
  /** Shapes of factor B, in the order of deltas and adapters. */
  readonly tensors: readonly TensorSpec[];
}

/** Reads a file of the model's folder. Errors: model-file-missing. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** Loads model.json and all it names. Errors: model-file-missing, model-file-changed, model-manifest and the parsers'. */
export async function loadModel(read: ReadFile, onProgress?: OnProgress): Promise<Model> {
  const manifestBytes = await read("model.json");
  const manifest = parseManifest(manifestBytes);
  const { files } = manifest;
  const total = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  const load = async (file: ModelFile): Promise<Uint8Array> => {
    const bytes = checkFile(file, await read(file.path));
    done += file.bytes;
    onProgress?.({ step: "Loading the model", done, total });
    return bytes;
  };
  const [configBytes, weightBytes, tokenizerBytes, benchmarkBytes] = await Promise.all([
    load(files.config),
    load(files.weights),
    load(files.tokenizer),
    load(files.benchmark),
  ]);
  const config = parseConfig(parseJson(configBytes, files.config.path));
  checkLengths(config, manifest);
  return {
    cid: cidOf(manifestBytes, "raw"),
    manifest,
    config,
    weights: fromHuggingFace(config, readSafetensors(weightBytes)),
    tokenizer: new Tokenizer(
      parseJson(tokenizerBytes, files.tokenizer.path),
      manifest.chat,
      config.vocabularySize,
    ),
    benchmark: parseBenchmark(benchmarkBytes),
    tensors: adapterTensorSpecs(config, manifest.lora),
  };
}

function checkLengths(config: LlamaConfig, manifest: ModelManifest): void {
  const longest = Math.max(manifest.evaluation.sequenceTokens, manifest.training.sequenceTokens);
  if (longest <= config.contextTokens) return;
  throw failure(
    "model-manifest",
    "Sequences are longer than the context.",
    `≤ ${config.contextTokens}`,
    `${longest}`,
  );
}

/** Files over HTTP, beside `baseUrl` (which ends in a slash). */
export function fetchFolder(baseUrl: string): ReadFile {
  return async (path) => {
    const response = await fetch(new URL(path, baseUrl)).catch(() => undefined);
    if (response?.ok) return new Uint8Array(await response.arrayBuffer());
    throw failure(
      "model-file-missing",
      `${path} could not be loaded.`,
      "200",
      `${response?.status ?? "no answer"}`,
    );
  };
}

/** Errors: environment-mismatch (of another model), adapter-shape. */
export function checkAdapter(model: Model, adapter: Adapter): Adapter {
  if (adapter.baseModel !== model.cid) {
    throw failure("environment-mismatch", "The adapter is for another model.", model.cid, adapter.baseModel);
  }
  const expected = model.tensors.map(describeTensor).join(" ");
  const received = adapter.tensors.map(describeTensor).join(" ");
  const filled = adapter.tensors.every(({ shape, data }) => data.length === shape[0] * shape[1]);
  if (expected === received && filled) return adapter;
  throw failure("adapter-shape", "The adapter does not fit the model.", expected, received);
}

function describeTensor({ name, shape }: TensorSpec): string {
  return `${name}[${shape.join("×")}]`;
}
