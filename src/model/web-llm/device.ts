import type { GpuReport } from "../../ports/large-models.ts";

const GIB = 2 ** 30;

/** Looks at WebGPU and storage. Never throws: what is missing is said in the report. */
export async function inspectDevice(): Promise<GpuReport> {
  const { gpu, memoryBytes } = await lookAtGpu();
  const freeStorageBytes = await freeStorage();
  return {
    ...gpu,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(freeStorageBytes === undefined ? {} : { freeStorageBytes }),
  };
}

async function lookAtGpu(): Promise<{ gpu: GpuReport; memoryBytes: number | undefined }> {
  const browser = "navigator" in globalThis;
  const memoryBytes =
    browser && "deviceMemory" in navigator ? Number(navigator.deviceMemory) * GIB : undefined;
  const without = (missing: string) => ({
    gpu: { missing, halfPrecision: false, storageBufferBytes: 0 },
    memoryBytes,
  });
  if (!browser) return without("Large models run in browsers only.");
  if (!globalThis.isSecureContext)
    return without("The page was not opened over https, so the browser hides WebGPU.");
  if (!("gpu" in navigator)) return without("This browser has no WebGPU.");
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: "high-performance" })
    .catch(() => null);
  if (adapter === null) return without("This browser has WebGPU, but gives it no graphics processor.");
  if (adapter.info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(adapter.info.architecture)) {
    return without("WebGPU is drawn by the main processor here, which is far too slow for large models.");
  }
  const gpu = {
    halfPrecision: adapter.features.has("shader-f16"),
    storageBufferBytes: adapter.limits.maxStorageBufferBindingSize,
  };
  return { gpu, memoryBytes };
}

async function freeStorage(): Promise<number | undefined> {
  const { quota, usage } = (await globalThis.navigator?.storage?.estimate().catch(() => undefined)) ?? {};
  return quota === undefined ? undefined : Math.max(0, quota - (usage ?? 0));
}
