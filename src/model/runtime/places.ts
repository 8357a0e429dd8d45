import type { RuntimeFiles } from "./wasm.ts";

/** Where a page serves its model and its runtimes, and how many threads they may use. */
export interface ModelPlaces {
  /** Folder of model.json, absolute, ending in a slash. */
  readonly modelUrl: string;
  /** A model that this device keeps, which answers in place of that one. */
  readonly keptModel?: string;
  /** Folder of ONNX Runtime's files (`RUNTIME_FILES`), absolute, ending in a slash. */
  readonly runtimeUrl: string;
  readonly threads: number;
  /** What computes answers: whatever is measured to be faster ("auto", when absent), or what the user says. */
  readonly provider?: "auto" | "wasm" | "webgpu";
}

/** Files of onnxruntime-web's dist folder that `runtimeUrl` must hold. */
export const RUNTIME_FILES = {
  wasm: { wasm: "ort-wasm-simd-threaded.wasm", mjs: "ort-wasm-simd-threaded.mjs" },
  webgpu: { wasm: "ort-wasm-simd-threaded.asyncify.wasm", mjs: "ort-wasm-simd-threaded.asyncify.mjs" },
} as const;

export function runtimeFiles(
  { runtimeUrl }: ModelPlaces,
  provider: keyof typeof RUNTIME_FILES,
): RuntimeFiles {
  const { wasm, mjs } = RUNTIME_FILES[provider];
  return { wasm: new URL(wasm, runtimeUrl).href, mjs: new URL(mjs, runtimeUrl).href };
}

/** Half of the processors, at most four: the page and its other workers want some too. */
function usualThreads(): number {
  return Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2)));
}

/**
 * The app's own places: `model/` and `runtime/` beside `baseUrl`. More than one thread needs cross-origin isolation
 * (COOP and COEP headers).
 */
export function placesBeside(baseUrl: string, threads = usualThreads()): ModelPlaces {
  return {
    modelUrl: new URL("model/", baseUrl).href,
    runtimeUrl: new URL("runtime/", baseUrl).href,
    threads: globalThis.crossOriginIsolated ? threads : 1,
  };
}
