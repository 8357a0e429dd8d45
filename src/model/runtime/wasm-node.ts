import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type RuntimeBinary, runtimeBinary } from "./fetch-runtime.ts";
import type { Runtime } from "./runtime.ts";
import { plainSimdRuntime } from "./wasm.ts";

/** The .wasm file that browsers run, from the installed package. */
export async function installedRuntime(): Promise<RuntimeBinary> {
  const path = createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
  return runtimeBinary(new Uint8Array(await readFile(path)));
}

/** Plain-SIMD WebAssembly in Node. The package's own entry for Node, because only that one can start threads there. */
export async function nodeWasmRuntime(threads: number, { bytes }: RuntimeBinary): Promise<Runtime> {
  return plainSimdRuntime(await import("onnxruntime-web"), { threads, binary: bytes });
}
