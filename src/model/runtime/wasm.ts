import type { env } from "onnxruntime-web";
import { failure } from "../../core/errors.ts";
import { type OrtModule, ortRuntime } from "./ort.ts";
import type { Runtime } from "./runtime.ts";

/** Where a runtime's two files are served, both from our own origin. */
export interface RuntimeFiles {
  readonly wasm: string;
  readonly mjs: string;
}

export interface WasmOptions {
  readonly threads: number;
  /** Absent in Node, where the package finds its own files. */
  readonly files?: RuntimeFiles;
  /** The .wasm file's bytes when they were read already: what was hashed is what runs. */
  readonly binary?: Uint8Array;
}

/** onnxruntime-web's module with its global settings. */
export interface OrtWebModule extends OrtModule {
  readonly env: typeof env;
}

const threadsOf = new WeakMap<OrtModule["InferenceSession"], number>();

/**
 * ONNX Runtime on plain-SIMD WebAssembly: the only provider whose results are evidence. The build's float arithmetic
 * is IEEE 754 without fused multiply-add or relaxed SIMD, so results do not depend on machine, browser or threads.
 * A module holds one global instance, so its first caller decides the number of threads.
 * Errors: runtime-configured (it runs already with another number).
 */
export function plainSimdRuntime(ort: OrtWebModule, { threads, files, binary }: WasmOptions): Runtime {
  const running = threadsOf.get(ort.InferenceSession);
  if (running === undefined) {
    const { wasm } = ort.env;
    wasm.simd = "fixed";
    wasm.numThreads = threads;
    if (files !== undefined) wasm.wasmPaths = files;
    if (binary !== undefined) wasm.wasmBinary = binary;
    ort.env.logLevel = "error";
    threadsOf.set(ort.InferenceSession, threads);
  } else if (running !== threads) {
    throw failure("runtime-configured", "The runtime runs already.", `${running} threads`, `${threads}`);
  }
  return ortRuntime(ort, {
    provider: "wasm",
    threads,
    session: { executionProviders: ["wasm"], graphOptimizationLevel: "all" },
  });
}

/** The same in a browser, loaded at the first call. */
export async function wasmRuntime(options: WasmOptions & { readonly files: RuntimeFiles }): Promise<Runtime> {
  return plainSimdRuntime(await import("onnxruntime-web/wasm"), options);
}
