import { failure } from "../../core/errors.ts";
import type { ModelPlaces } from "../../model/runtime/places.ts";
import type { Distiller } from "../../ports/distiller.ts";
import type { Evaluator } from "../../ports/evaluator.ts";
import type { OnProgress } from "../../ports/progress.ts";
import type { Trainer } from "../../ports/trainer.ts";
import type { Handlers } from "../rpc.ts";
import type { TrainingProtocol } from "./protocol.ts";

export interface Engines {
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
  readonly distiller: Distiller;
}

/** Serves a Trainer, an Evaluator and a Distiller that are loaded by the first `open`; an `open` that failed may be tried again. */
export function trainingHandlers(
  load: (places: ModelPlaces, onProgress: OnProgress) => Promise<Engines>,
): Handlers<TrainingProtocol> {
  let opening: Promise<Engines> | undefined;
  const engines = (): Promise<Engines> => {
    if (opening === undefined) throw failure("model-not-loaded", "The training worker is not open yet.");
    return opening;
  };
  return {
    async open(places, { emit }) {
      opening ??= load(places, emit);
      try {
        await opening;
      } catch (error) {
        opening = undefined;
        throw error;
      }
      return null;
    },
    environment: async () => (await engines()).evaluator.environment(),
    evaluate: async (request, { emit, signal, pace }) =>
      (await engines()).evaluator.evaluate(request, emit, signal, pace),
    evaluatePairs: async ({ pairs, adapter }) => (await engines()).evaluator.evaluatePairs(pairs, adapter),
    train: async (request, { emit, signal, pace }) =>
      (await engines()).trainer.train(request, emit, signal, pace),
    replay: async ({ training, untilStep }, { signal, pace }) =>
      (await engines()).trainer.replay(training, untilStep, signal, pace),
    distil: async (request, { emit, signal }) => (await engines()).distiller.distil(request, emit, signal),
  };
}
