import { ortRuntime, type SessionOptions } from "./ort.ts";
import type { Runtime } from "./runtime.ts";

/** onnxruntime-node (native CPU): the fast path of headless nodes and of the seed model. Never evidence. */
export async function nodeCpuRuntime(threads: number): Promise<Runtime> {
  const ort = await import("onnxruntime-node");
  const session: SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
  };
  return ortRuntime(ort, { provider: "cpu", threads, session });
}
