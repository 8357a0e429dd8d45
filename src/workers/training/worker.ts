import { failure } from "../../core/errors.ts";
import { loadTrainingEngines, type TrainingEngines } from "../../model/browser.ts";
import { serveRpc } from "../rpc.ts";
import type { TrainingProtocol } from "./protocol.ts";

let opening: Promise<TrainingEngines> | undefined;

function engines(): Promise<TrainingEngines> {
  if (opening === undefined) throw failure("model-not-loaded", "The training worker is not open yet.");
  return opening;
}

serveRpc<TrainingProtocol>(globalThis as unknown as Worker, {
  async open(places, { emit }) {
    opening ??= loadTrainingEngines(places, emit);
    try {
      await opening;
    } catch (error) {
      // The next call may find the network back.
      opening = undefined;
      throw error;
    }
    return null;
  },
  environment: async () => (await engines()).evaluator.environment(),
  evaluate: async (request, { emit, signal }) => (await engines()).evaluator.evaluate(request, emit, signal),
  evaluatePairs: async ({ pairs, adapter }) => (await engines()).evaluator.evaluatePairs(pairs, adapter),
  train: async (request, { emit, signal }) => (await engines()).trainer.train(request, emit, signal),
});
