import { cidOf } from "../../../core/codec/dag-cbor.ts";
import { failure } from "../../../core/errors.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { ReadFile } from "../../folder.ts";
import { formatConfig, type LlamaConfig } from "../../llama/config.ts";
import { toHuggingFace } from "../../llama/hugging-face.ts";
import type { Weights } from "../../llama/parameters.ts";
import { checkFile, describeFile, type ModelFile, type ModelManifest } from "../../manifest.ts";
import { writeSafetensors } from "../../safetensors.ts";

const LARGEST_F16 = 65_504;

export interface WrittenFolder {
  /** CID of model.json. */
  readonly model: Cid;
  /** All files by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * The folder of a model that has another's tokenizer, template and benchmark, with weights in F16. Its adapters are new
 * ones: factor A is drawn from its own weights' name. Errors: model-file-missing, model-file-changed, training-diverged (a
 * weight does not fit in F16).
 */
export async function writeFolder(
  name: string,
  { config, weights }: { readonly config: LlamaConfig; readonly weights: Weights },
  other: { readonly manifest: ModelManifest; readonly read: ReadFile },
): Promise<WrittenFolder> {
  checkRange(weights);
  const files = new Map<string, Uint8Array>();
  const add = (path: string, bytes: Uint8Array): ModelFile => {
    files.set(path, bytes);
    return describeFile(path, bytes);
  };
  const copy = async (file: ModelFile): Promise<ModelFile> =>
    add(file.path, checkFile(file, await other.read(file.path)));
  const { tokenizer, benchmark, template } = other.manifest.files;
  const weightsFile = add("model.safetensors", writeSafetensors(toHuggingFace(config, weights), "F16"));
  const manifest: ModelManifest = {
    ...other.manifest,
    name,
    parameters: Array.from(weights.values()).reduce((sum, { length }) => sum + length, 0),
    files: {
      config: add("config.json", json(formatConfig(config))),
      weights: weightsFile,
      tokenizer: await copy(tokenizer),
      benchmark: await copy(benchmark),
      ...(template === undefined ? {} : { template: await copy(template) }),
    },
    lora: { ...other.manifest.lora, seed: weightsFile.cid },
  };
  const bytes = json(manifest);
  files.set("model.json", bytes);
  return { model: cidOf(bytes, "raw"), files };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 2));
}

function checkRange(weights: Weights): void {
  for (const [name, values] of weights) {
    const beyond = values.find((value) => !(Math.abs(value) <= LARGEST_F16));
    if (beyond === undefined) continue;
    throw failure("training-diverged", `${name} is out of range.`, `±${LARGEST_F16}`, `${beyond}`);
  }
}
