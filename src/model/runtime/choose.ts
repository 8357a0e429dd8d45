import { Decoder } from "../engine/decoder.ts";
import type { AnsweringModel, Model } from "../folder.ts";
import { probeForms } from "../quantisation/probe.ts";
import { decodeWeights } from "../quantisation/weights.ts";
import { type ModelPlaces, runtimeFiles } from "./places.ts";
import type { Runtime } from "./runtime.ts";
import { wasmRuntime } from "./wasm.ts";
import { anyGpu, hardwareGpu, webgpuRuntime } from "./webgpu.ts";

/**
 * Below this a GPU cannot win: a token of the seed model takes about a millisecond on WebAssembly, less than a GPU's
 * round trip, and the GPU's runtime is a download of 27 MB.
 */
const GPU_WORTHWHILE_PARAMETERS = 30_000_000;
const MEASURED_TOKENS = 8;

/** Whether a GPU is there and the model is large enough for it. */
export async function gpuWorthwhile(model: Model): Promise<boolean> {
  return model.manifest.parameters >= GPU_WORTHWHILE_PARAMETERS && (await hardwareGpu());
}

/**
 * The provider that `places` asks for; by itself the one that decodes this model faster on this device, measured.
 * WebAssembly where there is no GPU.
 */
export async function chooseRuntime(model: Model, places: ModelPlaces): Promise<Runtime> {
  const { provider = "auto" } = places;
  const wasm = await processorRuntime(places);
  const isPossible =
    provider === "webgpu" ? await anyGpu() : provider === "auto" && (await gpuWorthwhile(model));
  if (!isPossible) return wasm;
  const gpu = await webgpuRuntime(runtimeFiles(places, "webgpu"));
  if (provider === "webgpu") return gpu;
  const [wasmMs, gpuMs] = [await decodeMs(model, wasm), await decodeMs(model, gpu)];
  return gpuMs < wasmMs ? gpu : wasm;
}

/** What runs everywhere, and takes over from a graphics card that failed. */
export function processorRuntime(places: ModelPlaces): Promise<Runtime> {
  return wasmRuntime({ threads: places.threads, files: runtimeFiles(places, "wasm") });
}

/**
 * The model in the form that this runtime decodes faster. On a graphics card, where reading the weights takes the time,
 * int8 is measured against float32 (int4 would change answers to be heard). Everywhere else float32: plain-SIMD
 * WebAssembly takes nine times as long over a token of the seed model in int8 or int4.
 */
export async function inFastestForm(model: Model, runtime: Runtime): Promise<AnsweringModel> {
  const { config, manifest, weights } = model;
  if (runtime.provider !== "webgpu" || manifest.parameters < GPU_WORTHWHILE_PARAMETERS) return model;
  const forms = ["float32", "int8"] as const;
  const [fastest] = await probeForms(runtime, config, { weights, lora: manifest.lora, forms });
  if (fastest === undefined || fastest.form === "float32") return model;
  return { ...model, weights: decodeWeights(config, weights, fastest.form) };
}

/** Milliseconds of a few tokens after warming up; infinite where the graph does not run. */
async function decodeMs(model: Model, runtime: Runtime): Promise<number> {
  try {
    const decoder = await Decoder.create(model, runtime);
    const token = [model.tokenizer.chat.pad];
    await decoder.read(token);
    await decoder.read(token);
    const start = performance.now();
    for (let count = 0; count < MEASURED_TOKENS; count++) await decoder.read(token);
    const elapsed = performance.now() - start;
    await decoder.release();
    return elapsed;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
