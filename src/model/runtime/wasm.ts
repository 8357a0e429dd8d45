import { failure } from "../../core/errors.ts";
import { ortRuntime } from "./ort.ts";
import type { Runtime } from "./runtime.ts";

/** Where a runtime's two files are served, both from our own origin. */
export interface RuntimeFiles {
  readonly wasm: string;
  readonly mjs: string;
}

export interface WasmRuntimeOptions {
  readonly threads: number;
  /** Absent in Node, where the package finds its own files. */
  readonly files?: RuntimeFiles;
  /** The .wasm file's bytes when they were fetched already: what was hashed is what runs. */
  readonly binary?: Uint8Array;
}

let configured: { readonly threads: number } | undefined;

/**
 * ONNX Runtime on plain-SIMD WebAssembly: the only provider whose results are evidence. The build's float arithmetic
 * is IEEE 754 without fused multiply-add or relaxed SIMD, so results do not depend on machine, browser or threads.
 * The module holds one global instance, so the first caller in a thread decides the number of threads.
 */
export async function wasmRuntime({ threads, files, binary }: WasmRuntimeOptions): Promise<Runtime> {
  const ort = await import("onnxruntime-web/wasm");
  if (configured === undefined) {
    const { wasm } = ort.env;
    wasm.simd = "fixed";
    wasm.numThreads = threads;
    if (files !== undefined) wasm.wasmPaths = files;
    if (binary !== undefined) wasm.wasmBinary = binary;
    ort.env.logLevel = "error";
    configured = { threads };
  } else if (configured.threads !== threads) {
    throw failure(
      "runtime-configured",
      "The runtime runs already.",
      `${configured.threads} threads`,
      `${threads}`,
    );
  }
  return ortRuntime(ort, "wasm", threads, { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
}
