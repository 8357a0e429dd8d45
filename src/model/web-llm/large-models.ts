import { failure } from "../../core/errors.ts";
import type { GpuReport, LargeModel, LargeModels } from "../../ports/large-models.ts";
import {
  CATALOGUE,
  type CatalogueEntry,
  downloadBytes,
  entryOf,
  modelId,
  type Precision,
} from "./catalogue.ts";
import { inspectDevice } from "./device.ts";
import { missingFor } from "./fit.ts";
import { WebLlmInference } from "./inference.ts";

const MEBIBYTE = 2 ** 20;

/** The LargeModels port in one thread: a worker serves it to the page. */
export function webLlmModels(): LargeModels {
  return {
    device: inspectDevice,
    list: async () => listLargeModels(await inspectDevice()),
    open: (id) => new WebLlmInference(id),
    remove: removeLargeModel,
  };
}

/** The catalogue as it looks on this device. Loads WebLLM (1.6 MB compressed): only on a page that shows the list. */
export async function listLargeModels(device: GpuReport): Promise<LargeModel[]> {
  const precision: Precision = device.halfPrecision ? "half" : "single";
  const models = await Promise.all(CATALOGUE.map((entry) => describe(entry, precision, device)));
  return models.filter((model) => model !== undefined);
}

/** Deletes weights, configuration and library of a model. Errors: model-unknown. */
export async function removeLargeModel(id: string): Promise<void> {
  if (entryOf(id) === undefined)
    throw failure("model-unknown", "There is no such large model.", undefined, id);
  const { deleteModelAllInfoInCache } = await import("@mlc-ai/web-llm");
  await deleteModelAllInfoInCache(id);
}

async function describe(
  entry: CatalogueEntry,
  precision: Precision,
  device: GpuReport,
): Promise<LargeModel | undefined> {
  const { hasModelInCache, prebuiltAppConfig } = await import("@mlc-ai/web-llm");
  const id = modelId(entry, precision);
  const record = prebuiltAppConfig.model_list.find((model) => model.model_id === id);
  if (record === undefined) return undefined;
  const cached = await hasModelInCache(id).catch(() => false);
  const size = downloadBytes(entry, precision);
  const memoryBytes = Math.round((record.vram_required_MB ?? 0) * MEBIBYTE);
  const needs = {
    memoryBytes,
    downloadBytes: size,
    storageBufferBytes: record.buffer_size_required_bytes,
    cached,
  };
  const missing = missingFor(needs, device);
  if (
    record.required_features?.includes("shader-f16") === true &&
    !device.halfPrecision &&
    missing.length === 0
  ) {
    missing.push("It needs 16-bit floats in shaders (shader-f16), which this device lacks.");
  }
  return {
    id,
    name: entry.name,
    parameters: entry.parameters,
    downloadBytes: size,
    memoryBytes,
    contextTokens: record.overrides?.context_window_size ?? 0,
    licence: entry.licence,
    missing,
    cached,
  };
}
