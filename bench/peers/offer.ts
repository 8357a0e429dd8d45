import { hardwareGpu } from "../../src/model/runtime/webgpu.ts";
import type { Run, Setting } from "./protocol.ts";
import type { TrainingTask } from "./task.ts";

/** An engine at work on a task. */
export interface TrainingEngine {
  readonly task: TrainingTask;
  /** One LoRA step; the loss before it. */
  step(): Promise<number>;
  /** The loss over the evaluation rows with the first adapter. */
  evaluate(): Promise<number>;
}

/** Offers an engine to the benchmark that drives this page. */
export function offerTraining(create: (setting: Setting) => Promise<TrainingEngine>): void {
  let engine: TrainingEngine | undefined;
  window.trainingPeer = {
    hasGpu: hardwareGpu,
    async load(setting) {
      engine = await create(setting);
      const { training, evaluation } = engine.task;
      return { trainedTokens: training.tokens.length, evaluatedTokens: evaluation.tokens.length };
    },
    step: () => timed(async () => (await engine?.step()) ?? Number.NaN),
    evaluate: () => timed(async () => (await engine?.evaluate()) ?? Number.NaN),
  };
}

async function timed(task: () => Promise<number>): Promise<Run> {
  const start = performance.now();
  const loss = await task();
  return { loss, milliseconds: performance.now() - start };
}
