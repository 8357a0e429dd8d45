import { afterAll, beforeAll, describe } from "vitest";
import { evaluatorAcceptance } from "../../ports/acceptance/evaluator.ts";
import { inferenceAcceptance } from "../../ports/acceptance/inference.ts";
import { trainerAcceptance } from "../../ports/acceptance/trainer.ts";
import { objectivesAcceptance } from "../../ports/acceptance/trainer-objectives.ts";
import { zeroAdapter } from "../lora/adapter.ts";
import { createNodeModel, type NodeModel } from "../node.ts";
import { misfitAdapter, randomAdapter } from "../testing/adapters.ts";
import { readTiny } from "../testing/tiny-folder.ts";
import { OnnxInference } from "./inference.ts";

let node: NodeModel;
beforeAll(async () => {
  node = await createNodeModel(readTiny, 1);
});
afterAll(() => node.release());

describe("inference on WebAssembly", () => {
  const created: OnnxInference[] = [];
  afterAll(async () => {
    for (const inference of created) await inference.release();
  });
  inferenceAcceptance(async () => {
    const inference = new OnnxInference({
      loadModel: async () => node.model,
      loadRuntime: async () => node.runtime,
    });
    created.push(inference);
    return { inference, adapter: randomAdapter(node.model, 1), misfit: misfitAdapter(node.model) };
  });
});

describe("evaluator on WebAssembly", () => {
  evaluatorAcceptance(async () => ({
    evaluator: node.evaluator,
    adapter: randomAdapter(node.model, 0.5),
    misfit: misfitAdapter(node.model),
  }));
});

describe("trainer on WebAssembly", () => {
  const create = async () => ({
    trainer: node.trainer,
    evaluator: node.evaluator,
    tensors: node.model.tensors,
    zero: zeroAdapter(node.model.cid, node.model.tensors),
  });
  trainerAcceptance(create);
  objectivesAcceptance(create);
});
