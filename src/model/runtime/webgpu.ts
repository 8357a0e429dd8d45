import { ortRuntime } from "./ort.ts";
import type { Runtime } from "./runtime.ts";
import type { RuntimeFiles } from "./wasm.ts";

/** Some GPU, be it drawn by the processor. */
export async function anyGpu(): Promise<boolean> {
  return "gpu" in navigator && (await navigator.gpu.requestAdapter().catch(() => null)) !== null;
}

/** A GPU that is worth using: present, and not drawn by the processor. */
export async function hardwareGpu(): Promise<boolean> {
  if (!("gpu" in navigator)) return false;
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: "high-performance" })
    .catch(() => null);
  return (
    adapter !== null && !adapter.info.isFallbackAdapter && !/swiftshader/i.test(adapter.info.architecture)
  );
}

/** ONNX Runtime on WebGPU. Fast on real GPUs, never evidence. Needs the asyncify build's files. */
export async function webgpuRuntime(files: RuntimeFiles): Promise<Runtime> {
  const ort = await import("onnxruntime-web/webgpu");
  ort.env.wasm.wasmPaths = files;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  return ortRuntime(ort, {
    provider: "webgpu",
    threads: 1,
    session: { executionProviders: ["webgpu"], graphOptimizationLevel: "all" },
    // The runtime asks for its device when it creates its first session.
    lost: async () => (await (await ort.env.webgpu.device).lost).message,
  });
}
