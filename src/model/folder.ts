import { cidOf } from "../core/codec/dag-cbor.ts";
import { failure } from "../core/errors.ts";
import type { Adapter, Cid, TensorSpec } from "../core/primitives.ts";
import type { OnProgress } from "../ports/progress.ts";
import { type Benchmark, parseBenchmark } from "./benchmark.ts";
import {
  type Checkpoint,
  type CheckpointFile,
  checkShapes,
  openCheckpoint,
  parseIndex,
} from "./checkpoint.ts";
import { type LlamaConfig, parseConfig } from "./llama/config.ts";
import type { DecodeWeights } from "./llama/decode-parameters.ts";
import { checkpointSpecs, type Keep, loadHuggingFace } from "./llama/hugging-face.ts";
import type { Weights } from "./llama/parameters.ts";
import { adapterTensorSpecs } from "./lora/factors.ts";
import {
  checkFile,
  type ModelFile,
  type ModelManifest,
  manifestFiles,
  parseJson,
  parseManifest,
} from "./manifest.ts";
import type { QuantisedMatrix } from "./quantisation/blocks.ts";
import { keepAs, type WeightForm } from "./quantisation/weights.ts";
import { ChatTemplate } from "./text/template.ts";
import { Tokenizer } from "./text/tokenizer.ts";

/**
 * A model in memory, every file checked against the manifest. Evaluation and training need its weights as floats; a model
 * that only answers may keep them in another form.
 */
export interface Model<W extends DecodeWeights = Weights> {
  /** CID of model.json. */
  readonly cid: Cid;
  readonly manifest: ModelManifest;
  readonly config: LlamaConfig;
  readonly weights: W;
  readonly tokenizer: Tokenizer;
  readonly benchmark: Benchmark;
  /** Shapes of factor B, in the order of deltas and adapters. */
  readonly tensors: readonly TensorSpec[];
}

/** A model that answers, its weights in any form. */
export type AnsweringModel = Model<DecodeWeights>;

/** Reads a file of the model's folder. Errors: model-file-missing. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/**
 * A folder whose files were checked against the manifest when they came, and which gives parts of them: weights are
 * read tensor by tensor, so that nothing lies in memory twice.
 */
export interface CheckedFolder {
  /** A whole small file. Errors: model-file-missing. */
  readonly read: ReadFile;
  /** Bytes from `start` to `end`, exclusive. Errors: model-file-missing. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>;
}

/** Loads model.json and all it names. Errors: model-file-missing, model-file-changed, model-manifest and the parsers'. */
export function loadModel(folder: ReadFile | CheckedFolder, onProgress?: OnProgress): Promise<Model> {
  return loadModelKeeping(folder, (_, data) => data, onProgress);
}

/** The same for answering only, with weights in `form`: the floats of one parameter at a time are in memory. */
export function loadModelAs(
  form: WeightForm,
  folder: ReadFile | CheckedFolder,
  onProgress?: OnProgress,
): Promise<AnsweringModel> {
  return loadModelKeeping(folder, keepAs(form), onProgress);
}

async function loadModelKeeping<Kept extends Float32Array | QuantisedMatrix>(
  folder: ReadFile | CheckedFolder,
  keep: Keep<Kept>,
  onProgress?: OnProgress,
): Promise<Model<ReadonlyMap<string, Kept>>> {
  const read = typeof folder === "function" ? folder : folder.read;
  const manifestBytes = await read("model.json");
  const manifest = parseManifest(manifestBytes);
  const { checkpoint, ...parts } = await openModel(folder, manifest, onProgress);
  return {
    cid: cidOf(manifestBytes, "raw"),
    manifest,
    ...parts,
    weights: await loadHuggingFace(parts.config, checkpoint.read, keep),
    tensors: adapterTensorSpecs(parts.config, manifest.lora),
  };
}

/** A model but for its weights, which can be read from `checkpoint`. */
export type OpenedModel = Pick<Model, "config" | "tokenizer" | "benchmark"> & {
  readonly checkpoint: Checkpoint;
};

/**
 * Reads and checks everything that a manifest names, the shapes of the weights too. Errors: model-file-missing,
 * model-file-changed, model-manifest, model-config, model-tokenizer, model-template, model-benchmark, model-weights.
 */
export async function openModel(
  folder: ReadFile | CheckedFolder,
  manifest: ModelManifest,
  onProgress?: OnProgress,
): Promise<OpenedModel> {
  const { files, chat } = manifest;
  const total = manifestFiles(manifest).reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  const advance = (bytes: number): void => {
    done += bytes;
    onProgress?.({ step: "Loading the model", done, total });
  };
  const whole = typeof folder === "function" ? folder : folder.read;
  const load = async (file: ModelFile): Promise<Uint8Array> => {
    const bytes = checkFile(file, await whole(file.path));
    advance(file.bytes);
    return bytes;
  };
  const text = async (file: ModelFile) => new TextDecoder().decode(await load(file));
  const config = parseConfig(parseJson(await load(files.config), files.config.path));
  checkLengths(config, manifest);
  const benchmark = parseBenchmark(await load(files.benchmark));
  const tokenizer = new Tokenizer(
    parseJson(await load(files.tokenizer), files.tokenizer.path),
    chat,
    config.vocabularySize,
    files.template && new ChatTemplate(await text(files.template), chat),
  );
  if (files.shards !== undefined) checkShards(files.shards, await load(files.weights), files.weights.path);
  const checkpoint = await openCheckpoint(
    await Promise.all((files.shards ?? [files.weights]).map((file) => openFile(folder, file, load, advance))),
  );
  checkShapes(checkpoint, checkpointSpecs(config));
  return { config, tokenizer, benchmark, checkpoint };
}

/** A file of weights: whole where it is still to be checked, else only what is asked for. */
async function openFile(
  folder: ReadFile | CheckedFolder,
  file: ModelFile,
  load: (file: ModelFile) => Promise<Uint8Array>,
  advance: (bytes: number) => void,
): Promise<CheckpointFile> {
  const { path, bytes } = file;
  if (typeof folder === "function") {
    const whole = await load(file);
    return { path, bytes, read: async (start, end) => whole.subarray(start, end) };
  }
  return {
    path,
    bytes,
    async read(start, end) {
      const part = await folder.readRange(path, start, end);
      advance(part.length);
      return part;
    },
  };
}

function checkShards(shards: readonly ModelFile[], index: Uint8Array, path: string): void {
  const expected = parseIndex(index, path).join(" ");
  const received = shards
    .map((file) => file.path)
    .sort()
    .join(" ");
  if (expected === received) return;
  throw failure("model-manifest", "model.json does not name the index's files.", expected, received);
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
export function checkAdapter(model: Pick<AnsweringModel, "cid" | "tensors">, adapter: Adapter): Adapter {
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
