import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { failure } from "../core/errors.ts";
import { OnnxEvaluator } from "./engine/evaluator.ts";
import { OnnxInference } from "./engine/inference.ts";
import { OnnxTrainer } from "./engine/trainer.ts";
import { loadModel, type Model, type ReadFile } from "./folder.ts";
import { type RuntimeBinary, runtimeBinary } from "./runtime/fetch-runtime.ts";
import { wasmRuntime } from "./runtime/wasm.ts";

export interface NodeModel {
  readonly model: Model;
  readonly evaluator: OnnxEvaluator;
  readonly trainer: OnnxTrainer;
  readonly inference: OnnxInference;
  /** Frees the sessions. */
  release(): Promise<void>;
}

/** Files of a model's folder on disk. */
export function diskFolder(folder: string): ReadFile {
  return async (path) => {
    try {
      return new Uint8Array(await readFile(join(folder, path)));
    } catch (error) {
      throw failure("model-file-missing", `${path} could not be read.`, folder, String(error));
    }
  };
}

/** The .wasm file that browsers run, from the installed package. */
export async function installedRuntime(): Promise<RuntimeBinary> {
  const path = createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
  return runtimeBinary(new Uint8Array(await readFile(path)));
}

/**
 * Evaluator, trainer and inference of a model's folder in Node, on the same WebAssembly as in browsers: what they
 * compute is evidence. One number of threads a process.
 */
export async function createNodeModel(folder: string | ReadFile, threads = 1): Promise<NodeModel> {
  const model = await loadModel(typeof folder === "string" ? diskFolder(folder) : folder);
  const binary = await installedRuntime();
  const runtime = await wasmRuntime({ threads, binary: binary.bytes });
  const evaluator = new OnnxEvaluator({ model, runtime, runtimeCid: binary.cid });
  const trainer = new OnnxTrainer({ model, runtime, evaluator });
  const inference = new OnnxInference({ loadModel: async () => model, loadRuntime: async () => runtime });
  return {
    model,
    evaluator,
    trainer,
    inference,
    async release() {
      await Promise.all([evaluator.release(), inference.release()]);
    },
  };
}
