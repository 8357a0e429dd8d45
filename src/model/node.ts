import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { failure } from "../core/errors.ts";
import { OnnxDistiller } from "./engine/distiller.ts";
import { OnnxEvaluator } from "./engine/evaluator.ts";
import { OnnxInference } from "./engine/inference.ts";
import { OnnxTrainer } from "./engine/trainer.ts";
import { loadModel, type Model, type ReadFile } from "./folder.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "./runtime/wasm-node.ts";

export interface NodeModel {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly evaluator: OnnxEvaluator;
  readonly trainer: OnnxTrainer;
  readonly distiller: OnnxDistiller;
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

/**
 * Evaluator, trainer, distiller and inference of a model's folder in Node, on the same WebAssembly as in browsers: what they
 * compute is evidence. One number of threads a process.
 */
export async function createNodeModel(folder: string | ReadFile, threads = 1): Promise<NodeModel> {
  const read = typeof folder === "string" ? diskFolder(folder) : folder;
  const model = await loadModel(read);
  const binary = await installedRuntime();
  const runtime = await nodeWasmRuntime(threads, binary);
  const evaluator = new OnnxEvaluator({ model, runtime, runtimeCid: binary.cid });
  const trainer = new OnnxTrainer({ model, runtime, runtimeCid: binary.cid, evaluator });
  const inference = new OnnxInference({ loadModel: async () => model, loadRuntime: async () => runtime });
  return {
    model,
    runtime,
    evaluator,
    trainer,
    distiller: new OnnxDistiller({ model, read, runtime }),
    inference,
    async release() {
      await Promise.all([evaluator.release(), inference.release()]);
    },
  };
}
