import { failure } from "../../core/errors.ts";
import type { PeftFiles } from "../../ports/adapter-files.ts";

const WEIGHTS = ".safetensors";
const CONFIG = "adapter_config.json";

/** The files of an adapter among those that a person picked. Errors: adapter-files. */
export async function pickedPeft(files: readonly File[]): Promise<PeftFiles> {
  const weights = files.filter(({ name }) => name.endsWith(WEIGHTS));
  const [chosen] = weights;
  if (chosen === undefined || weights.length > 1) {
    throw failure(
      "adapter-files",
      "Pick adapter_model.safetensors and, if it lies beside it, adapter_config.json.",
    );
  }
  const config = files.find(({ name }) => name === CONFIG);
  return { weights: await bytesOf(chosen), ...(config && { config: await bytesOf(config) }) };
}

/** Saves both files under the names that peft gives them. */
export function savePeft({ config, weights }: Required<PeftFiles>): void {
  save(CONFIG, config, "application/json");
  save(`adapter_model${WEIGHTS}`, weights, "application/octet-stream");
}

function save(name: string, bytes: Uint8Array | undefined, type: string): void {
  if (bytes === undefined) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes.slice()], { type }));
  link.download = name;
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
