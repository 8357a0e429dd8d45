import type { TrainingRequest } from "../../ports/trainer.ts";
import type { Model } from "../folder.ts";
import { stepExamples } from "./examples.ts";
import { planObjective } from "./objective-plan.ts";
import { packBatches } from "./packing.ts";
import type { RunPlan } from "./plan.ts";
import { createLoop, planRun } from "./run.ts";

/** Errors: no-pairs, training-settings, training-memory, privacy-settings, privacy-budget. */
export function planSteps(model: Model, request: TrainingRequest): RunPlan {
  const plain = request.privacy === undefined && request.objective !== "preferences";
  return plain ? planAnswers(model, request) : planObjective(model, request);
}

/** Plain training on answers: packed rows, one graph a step. */
function planAnswers(model: Model, request: TrainingRequest): RunPlan {
  const run = planRun(model, request);
  const { packing, source, graph, checkpointSteps, memory } = run;
  return {
    parameters: graph.parameters,
    shape: packing.shape,
    mixture: source.mixture,
    microBatches: packing.microBatches,
    checkpointSteps,
    memoryBytes: memory.totalBytes,
    async open(runtime, initial) {
      const loop = await createLoop(runtime, run, initial);
      // Sequences are drawn from the beginning: a run that goes on meets the same ones.
      const steps = [...stepExamples(source)];
      const padId = model.tokenizer.chat.pad;
      return {
        graphs: loop.graphs,
        get step() {
          return loop.step;
        },
        train: (rate) => loop.train(packBatches(steps[loop.step] ?? [], packing, padId), rate),
        parameters: () => loop.parameters(),
        save: () => loop.save(),
        restore: (saved) => loop.restore(saved),
        measure: async () => undefined,
        release: () => loop.release(),
      };
    },
  };
}
