import type { ModelFiles } from "../ports/model-files.ts";
import type { OnProgress } from "../ports/progress.ts";
import { keptFolder } from "./download/kept-folder.ts";
import { OnnxDistiller } from "./engine/distiller.ts";
import { OnnxEvaluator } from "./engine/evaluator.ts";
import { OnnxInference } from "./engine/inference.ts";
import { OnnxTrainer } from "./engine/trainer.ts";
import { fetchFolder, loadModel } from "./folder.ts";
import { chooseRuntime, gpuWorthwhile, inFastestForm, processorRuntime } from "./runtime/choose.ts";
import { fetchRuntime } from "./runtime/fetch-runtime.ts";
import { type ModelPlaces, runtimeFiles } from "./runtime/places.ts";
import { wasmRuntime } from "./runtime/wasm.ts";
import { webgpuRuntime } from "./runtime/webgpu.ts";

/** What trains and proves in a browser's worker. */
export interface TrainingEngines {
  readonly evaluator: OnnxEvaluator;
  readonly trainer: OnnxTrainer;
  readonly distiller: OnnxDistiller;
}

/**
 * Loads the model and the plain-SIMD runtime; what is hashed for the environment is what runs. Training uses the GPU
 * where that is worthwhile, evaluation never does. Errors: model-file-missing and those of loading.
 */
export async function loadTrainingEngines(
  places: ModelPlaces,
  onProgress?: OnProgress,
): Promise<TrainingEngines> {
  const files = runtimeFiles(places, "wasm");
  const read = fetchFolder(places.modelUrl);
  const [model, binary] = await Promise.all([loadModel(read, onProgress), fetchRuntime(files.wasm)]);
  const proving = await wasmRuntime({ threads: places.threads, files, binary: binary.bytes });
  const gpu = await gpuWorthwhile(model);
  const training = gpu ? await webgpuRuntime(runtimeFiles(places, "webgpu")) : proving;
  const evaluator = new OnnxEvaluator({ model, runtime: proving, runtimeCid: binary.cid });
  return {
    evaluator,
    trainer: new OnnxTrainer({ model, runtime: training, runtimeCid: binary.cid, evaluator }),
    distiller: new OnnxDistiller({ model, read, runtime: training }),
  };
}

/**
 * Answers with the provider that is fastest here, or asked for. Loads the shipped model, or the one of `files` that the
 * places name, at the first `load`.
 */
export function browserInference(places: ModelPlaces, files?: ModelFiles): OnnxInference {
  const { modelUrl, keptModel } = places;
  // The network's model is fetched and checked; others were checked when they came.
  const folder = keptModel && files ? keptFolder(files, keptModel) : fetchFolder(modelUrl);
  return new OnnxInference({
    loadModel: (onProgress) => loadModel(folder, onProgress),
    loadRuntime: (model) => chooseRuntime(model, places),
    inFastestForm,
    loadFallback: () => processorRuntime(places),
  });
}
