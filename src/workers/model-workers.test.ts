import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure } from "../core/errors.ts";
import { OnnxInference } from "../model/engine/inference.ts";
import { zeroAdapter } from "../model/lora/adapter.ts";
import { createNodeModel, type NodeModel } from "../model/node.ts";
import type { ModelPlaces } from "../model/runtime/places.ts";
import { misfitAdapter, randomAdapter } from "../model/testing/adapters.ts";
import { readTiny } from "../model/testing/tiny-folder.ts";
import { distillerAcceptance } from "../ports/acceptance/distiller.ts";
import { evaluatorAcceptance } from "../ports/acceptance/evaluator.ts";
import { inferenceAcceptance } from "../ports/acceptance/inference.ts";
import { trainerAcceptance } from "../ports/acceptance/trainer.ts";
import { objectivesAcceptance } from "../ports/acceptance/trainer-objectives.ts";
import { inferenceOver } from "./inference/client.ts";
import { inferenceHandlers } from "./inference/handlers.ts";
import type { InferenceProtocol } from "./inference/protocol.ts";
import { connectRpc, type Handlers, type Protocol, type RpcClient, serveRpc } from "./rpc.ts";
import { trainingOver } from "./training/client.ts";
import { trainingHandlers } from "./training/handlers.ts";
import type { TrainingProtocol } from "./training/protocol.ts";

const PLACES: ModelPlaces = { modelUrl: "model/", runtimeUrl: "runtime/", threads: 1 };

let node: NodeModel;
const endings: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  node = await createNodeModel(readTiny, 1);
});
afterAll(async () => {
  for (const end of endings) await end();
  await node.release();
});

/** Both ends of a worker's connection, without the worker. */
function connect<P extends Protocol<P>>(handlers: Handlers<P>): RpcClient<P> {
  const { port1, port2 } = new MessageChannel();
  const stop = serveRpc<P>(port2, handlers);
  const client = connectRpc<P>(port1);
  endings.push(() => {
    client.close();
    stop();
    port1.close();
  });
  return client;
}

describe("inference worker", () => {
  inferenceAcceptance(async () => {
    const create = (): OnnxInference => {
      const inference = new OnnxInference({
        loadModel: async () => node.model,
        loadRuntime: async () => node.runtime,
      });
      endings.push(() => inference.release());
      return inference;
    };
    return {
      inference: inferenceOver(connect<InferenceProtocol>(inferenceHandlers(create)), PLACES),
      adapter: randomAdapter(node.model, 1),
      misfit: misfitAdapter(node.model),
    };
  });
});

describe("training worker", () => {
  const open = () => {
    const handlers = trainingHandlers(async () => node);
    return trainingOver(() => connect<TrainingProtocol>(handlers), PLACES);
  };

  evaluatorAcceptance(async () => ({
    evaluator: open().evaluator,
    adapter: randomAdapter(node.model, 0.5),
    misfit: misfitAdapter(node.model),
  }));

  const trainer = async () => {
    const zero = zeroAdapter(node.model.cid, node.model.tensors);
    return { ...open(), tensors: node.model.tensors, zero };
  };
  trainerAcceptance(trainer);
  objectivesAcceptance(trainer);
  distillerAcceptance(async () => ({
    distiller: open().distiller,
    adapter: randomAdapter(node.model, 4),
    misfit: misfitAdapter(node.model),
  }));

  it("loads once, says how far it is, and tries again after a failure", async () => {
    let loads = 0;
    const handlers = trainingHandlers(async (_, onProgress) => {
      loads += 1;
      if (loads === 1) throw failure("model-file-missing", "gone");
      onProgress({ step: "Loading the model", done: 1, total: 1 });
      return node;
    });
    const rpc = connect<TrainingProtocol>(handlers);
    const client = trainingOver(() => rpc, PLACES);
    await expect(client.open()).rejects.toMatchObject({ data: { code: "model-file-missing" } });
    const seen: number[] = [];
    await client.open(({ done }) => seen.push(done));
    await client.open();
    expect(loads).toBe(2);
    expect(seen).toEqual([1]);
  });

  it("answers nothing before it is open", async () => {
    const rpc = connect<TrainingProtocol>(trainingHandlers(async () => node));
    await expect(rpc.call("environment", null)).rejects.toMatchObject({ data: { code: "model-not-loaded" } });
  });
});
