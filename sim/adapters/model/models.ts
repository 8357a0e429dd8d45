import type { Genesis } from "../../../src/core/genesis.ts";
import type { Evaluator } from "../../../src/ports/evaluator.ts";
import type { Trainer } from "../../../src/ports/trainer.ts";
import { SurrogateEvaluator } from "./evaluator.ts";
import type { SimulatedModel } from "./simulated-model.ts";
import { surrogateModel } from "./surrogate-model.ts";
import { TinyEvaluator } from "./tiny/evaluator.ts";
import { tinyModel } from "./tiny/tiny.ts";
import { TinyTrainer } from "./tiny/trainer.ts";
import { SurrogateTrainer } from "./trainer.ts";

/** `surrogate`: a squared distance, for large networks; `tiny`: a language model that really learns, for small ones. */
export type ModelName = "surrogate" | "tiny";

export const MODELS: Readonly<Record<ModelName, SimulatedModel>> = {
  surrogate: surrogateModel,
  tiny: tinyModel,
};

/** The model that a genesis names. */
export function modelOf({ model }: Genesis): SimulatedModel {
  return isTiny(model.manifestCid) ? tinyModel : surrogateModel;
}

/** The same model behind the ports, for nodes that run the app's code. */
export function learningPorts(genesis: Genesis): {
  readonly trainer: Trainer;
  readonly evaluator: Evaluator;
} {
  if (isTiny(genesis.model.manifestCid)) {
    return { trainer: new TinyTrainer(genesis), evaluator: new TinyEvaluator() };
  }
  return { trainer: new SurrogateTrainer(genesis), evaluator: new SurrogateEvaluator(genesis.model) };
}

function isTiny(manifestCid: string): boolean {
  return manifestCid === tinyModel.model.manifestCid;
}
