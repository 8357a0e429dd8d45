import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { parseIndex } from "../checkpoint.ts";
import { parseConfig } from "../llama/config.ts";
import { type ModelManifest, manifestFiles, parseJson, parseManifest } from "../manifest.ts";
import { readSmall } from "./read-small.ts";
import type { FolderSource } from "./source.ts";
import type { WantedFile } from "./transfer.ts";

/** What a folder holds and what of it is needed. Weights come last: all that can be refused before is. */
export type DownloadPlan =
  | {
      readonly kind: "parley";
      readonly manifestBytes: Uint8Array;
      readonly manifest: ModelManifest;
      readonly wanted: readonly WantedFile[];
    }
  | {
      readonly kind: "hugging-face";
      readonly small: SmallFiles;
      /** model.safetensors, or the index's files. */
      readonly weights: readonly string[];
      readonly wanted: readonly WantedFile[];
    };

/** Small files of a Hugging Face folder from which a manifest is made. Absent ones are undefined. */
export interface SmallFiles {
  readonly tokenizerConfig: Uint8Array | undefined;
  readonly generationConfig: Uint8Array | undefined;
  readonly template: Uint8Array | undefined;
  /** README.md, whose front matter names the licence. */
  readonly card: Uint8Array | undefined;
}

export const INDEX_FILE = "model.safetensors.index.json";
export const WEIGHTS_FILE = "model.safetensors";

/** Looks at a folder. Errors: model-folder, the source's, and those of the small files' parsers. */
export async function planDownload(source: FolderSource, signal?: AbortSignal): Promise<DownloadPlan> {
  const manifestBytes = await readSmall(source, "model.json", LIMITS.modelConfigBytes, signal);
  if (manifestBytes === undefined) return planHuggingFace(source, signal);
  const manifest = parseManifest(manifestBytes);
  const wanted = manifestFiles(manifest).map((file) => ({ ...file, limitBytes: LIMITS.modelFileBytes }));
  return { kind: "parley", manifestBytes, manifest, wanted };
}

async function planHuggingFace(source: FolderSource, signal: AbortSignal | undefined): Promise<DownloadPlan> {
  const small = (path: string, limitBytes: number = LIMITS.modelConfigBytes) =>
    readSmall(source, path, limitBytes, signal);
  const config = await small("config.json");
  if (config === undefined) throw noModel("config.json");
  parseConfig(parseJson(config, "config.json"));
  const single = await source.find(WEIGHTS_FILE, signal);
  const index = single === undefined ? await small(INDEX_FILE, LIMITS.safetensorsHeaderBytes) : undefined;
  if (single === undefined && index === undefined) throw noModel(WEIGHTS_FILE);
  const weights = index === undefined ? [WEIGHTS_FILE] : parseIndex(index, INDEX_FILE);
  const files: WantedFile[] = [
    { path: "config.json", limitBytes: LIMITS.modelConfigBytes },
    { path: "tokenizer.json", limitBytes: LIMITS.modelTokenizerBytes },
    ...(index === undefined ? [] : [{ path: INDEX_FILE, limitBytes: LIMITS.safetensorsHeaderBytes }]),
    ...weights.map((path) => ({ path, limitBytes: LIMITS.modelFileBytes })),
  ];
  return {
    kind: "hugging-face",
    weights,
    wanted: await Promise.all(files.map((file) => measured(file, source, signal))),
    small: {
      tokenizerConfig: await small("tokenizer_config.json"),
      generationConfig: await small("generation_config.json"),
      template: await small("chat_template.jinja"),
      card: await small("README.md"),
    },
  };
}

async function measured(
  file: WantedFile,
  source: FolderSource,
  signal: AbortSignal | undefined,
): Promise<WantedFile> {
  const found = await source.find(file.path, signal);
  if (found === undefined) throw noModel(file.path);
  return { ...file, bytes: found.bytes };
}

function noModel(missing: string) {
  return failure(
    "model-folder",
    "This folder holds no model that can be loaded.",
    "model.json, or config.json, tokenizer.json and model.safetensors (or its index)",
    `no ${missing}`,
  );
}
