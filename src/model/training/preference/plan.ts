import { PREFERENCE_DEFAULTS, type TrainingRequest } from "../../../ports/trainer.ts";
import type { Model } from "../../folder.ts";
import { buildPreferenceGraph } from "../../llama/preference-graph.ts";
import type { ObjectivePlan } from "../example-gradients.ts";
import { preferenceShape } from "./batch.ts";
import { encodeJudgements } from "./judgements.ts";
import { PreferenceObjective } from "./objective.ts";

/** Row lengths are multiples of this, so that few different graphs are built. */
const SEQUENCE_STEP = 8;
const MILLI = 1_000;

/** Preferences over answers; one judgement at a time where `alone`. Errors: model-weights. */
export function planPreferences(model: Model, request: TrainingRequest, alone: boolean): ObjectivePlan {
  const { config, weights, tokenizer, manifest } = model;
  const { pairs, unwanted = [] } = request;
  const { betaMilli, supervisionMilli } = { ...PREFERENCE_DEFAULTS, ...request.preference };
  const { batch, sequenceTokens } = manifest.training;
  const judgements = encodeJudgements(tokenizer, { pairs, unwanted }, sequenceTokens);
  const together = alone ? 1 : Math.min(batch, judgements.length);
  const shape = preferenceShape(judgements, together, SEQUENCE_STEP);
  const mode = { mode: "lora", weights, lora: manifest.lora } as const;
  const graph = buildPreferenceGraph(config, { ...mode, ...shape, beta: betaMilli / MILLI });
  return {
    count: judgements.length,
    graph: graph.graph,
    parameters: graph.parameters,
    shape: { batch: shape.rows, sequence: shape.sequence },
    settings: { objective: "preferences", betaMilli, supervisionMilli },
    create: (runtime, before) =>
      PreferenceObjective.create({
        runtime,
        graph,
        judgements,
        before,
        supervision: supervisionMilli / MILLI,
        padId: tokenizer.chat.pad,
      }),
  };
}
