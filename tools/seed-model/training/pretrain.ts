import type { Tokenizer } from "@huggingface/tokenizers";
import { initialWeights } from "../../../src/model/llama/initial.ts";
import { buildTrainingGraph } from "../../../src/model/llama/training-graph.ts";
import { nodeCpuRuntime } from "../../../src/model/runtime/node-cpu.ts";
import { TrainingLoop } from "../../../src/model/training/loop.ts";
import { CONFIG, PRETRAINING } from "../settings.ts";
import { batchOfStep } from "./batches.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { learningRateOfStep } from "./schedule.ts";

export interface PretrainingOptions {
  readonly root: string;
  readonly run: string;
  readonly tokenizer: Tokenizer;
  readonly threads: number;
  /** Stop here although the schedule is longer (for a quick first model). */
  readonly lastStep: number;
  readonly log: (line: string) => void;
}

const LOG_STEPS = 20;

/** Trains from the last checkpoint of this run, or from the beginning; returns the weights by name. */
export async function pretrain(options: PretrainingOptions): Promise<ReadonlyMap<string, Float32Array>> {
  const { batch, sequence, weightDecay, clipNorm, label } = PRETRAINING;
  const graph = buildTrainingGraph(CONFIG, {
    mode: "full",
    batch,
    sequence,
    packed: true,
    optimizer: { weightDecay, clipNorm },
  });
  const loop = await TrainingLoop.create(
    await nodeCpuRuntime(options.threads),
    graph,
    initialWeights(CONFIG, label),
  );
  const saved = await loadCheckpoint(options.root, options.run);
  if (saved !== undefined) loop.restore(saved);
  options.log(`training from step ${loop.step} of ${PRETRAINING.steps}`);
  await runSteps(loop, options);
  const weights = loop.parameters();
  await loop.release();
  return weights;
}

async function runSteps(loop: TrainingLoop, options: PretrainingOptions): Promise<void> {
  const { steps, checkpointSteps } = PRETRAINING;
  let sum = 0;
  let count = 0;
  let startMs = performance.now();
  while (loop.step < Math.min(steps, options.lastStep)) {
    const step = loop.step;
    sum += await loop.train(batchOfStep(step, options.tokenizer), learningRateOfStep(step));
    count++;
    if (loop.step % LOG_STEPS === 0) {
      const perStepMs = (performance.now() - startMs) / count;
      const mean = sum / count;
      options.log(
        `step ${loop.step} loss ${mean.toFixed(4)} perplexity ${Math.exp(mean).toFixed(2)} ${perStepMs.toFixed(0)} ms/step`,
      );
      sum = 0;
      count = 0;
      startMs = performance.now();
    }
    if (loop.step % checkpointSteps === 0) await saveCheckpoint(options.root, options.run, loop.save());
  }
  if (loop.step % checkpointSteps !== 0) await saveCheckpoint(options.root, options.run, loop.save());
}
