import { ortRuntime } from "./ort.ts";
import type { Runtime } from "./runtime.ts";

/** onnxruntime-node (native CPU): the fast path of headless nodes and of the seed model. Never evidence. */
export async function nodeCpuRuntime(threads: number): Promise<Runtime> {
  const ort = await import("onnxruntime-node");
  return ortRuntime(ort, "cpu", threads, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
  });
}
