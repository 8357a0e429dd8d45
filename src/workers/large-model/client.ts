import { inspectDevice } from "../../model/web-llm/device.ts";
import type { LargeModels } from "../../ports/large-models.ts";
import { inferenceOver } from "../inference/client.ts";
import { connectWorker, type RpcClient } from "../rpc.ts";
import type { LargeModelProtocol } from "./protocol.ts";

/**
 * The LargeModels port. WebLLM (6 MB of code) is fetched by workers alone, and only when somebody asks for the list. Each
 * open model has a worker of its own, whose end stops a download and frees the GPU.
 */
export function largeModels(): LargeModels {
  return {
    device: inspectDevice,
    list: () => once((rpc) => rpc.call("list", null)),
    open: (id) => inferenceOver(connect(), id),
    remove: async (id) => {
      await once((rpc) => rpc.call("remove", id));
    },
  };
}

function connect(): RpcClient<LargeModelProtocol> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "large-model" });
  return connectWorker<LargeModelProtocol>(worker);
}

/** One call to a worker of its own. */
async function once<T>(ask: (rpc: RpcClient<LargeModelProtocol>) => Promise<T>): Promise<T> {
  const rpc = connect();
  try {
    return await ask(rpc);
  } finally {
    rpc.close();
  }
}
