import { inspectDevice } from "../../model/web-llm/device.ts";
import type { LargeModels } from "../../ports/large-models.ts";
import { type InferenceClient, inferenceOver } from "../inference/client.ts";
import type { InferenceProtocol } from "../inference/protocol.ts";
import { connectWorker } from "../rpc.ts";

/** The LargeModels port: each open model has a worker of its own, whose end stops a download and frees the GPU. */
export function largeModels(): LargeModels {
  return {
    device: inspectDevice,
    async list() {
      const { listLargeModels } = await import("../../model/web-llm/large-models.ts");
      return listLargeModels(await inspectDevice());
    },
    open: openLargeModel,
    async remove(id) {
      const { removeLargeModel } = await import("../../model/web-llm/large-models.ts");
      await removeLargeModel(id);
    },
  };
}

function openLargeModel(id: string): InferenceClient {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "large-model" });
  return inferenceOver(connectWorker<InferenceProtocol<string>>(worker), id);
}
