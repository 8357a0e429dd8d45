import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid } from "../../core/primitives.ts";
import type { TrainingMixture } from "../../core/training-record.ts";
import type { TrainingRequest } from "../../ports/trainer.ts";
import type { Model } from "../folder.ts";
import { LINEARS, type LlamaConfig } from "../llama/config.ts";
import { buildGradientGraph, type GradientGraph } from "../llama/gradient-graph.ts";
import { linearShape } from "../llama/parameters.ts";
import { buildTrainingGraph, type TrainingGraph } from "../llama/training-graph.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { AccumulatingLoop } from "./accumulating-loop.ts";
import { type ExampleSource, stepExamples } from "./examples.ts";
import { TrainingLoop } from "./loop.ts";
import { checkMemory, estimateMemory, type MemoryEstimate } from "./memory.ts";
import { choosePacking, type Packing, type TokenCost } from "./packing.ts";

/** A request worked out: what its steps are made of, and the graph that makes them. */
export interface TrainingRun {
  readonly source: ExampleSource;
  readonly packing: Packing;
  readonly graph: TrainingGraph | GradientGraph;
  readonly memory: MemoryEstimate;
  readonly checkpointSteps: number;
}

/** A row holds at most so many of the longest turns that a model takes. */
const TURNS_PER_ROW = 3;
/** Where turns go on each other's dialogues, rows have room for at least this many. */
const CHAINED_TURNS_PER_ROW = 2;
/** How often a run's rows are halved to fit in memory. */
const MOST_MICRO_BATCHES = 64;
const CHECKPOINTS_BY_DEFAULT = 8;
/** Mask, softmax and their gradients of one attention score take as long as so many multiply-adds (measured on WASM). */
const SCORE_COST = 512;

/** Errors: no-pairs, training-settings, training-memory. */
export function planRun(model: Model, request: TrainingRequest): TrainingRun {
  checkRequest(request);
  const source = exampleSource(model, request);
  const longestRow = Math.min(TURNS_PER_ROW * source.turnTokens, model.config.contextTokens);
  const checkpointSteps =
    request.checkpointSteps ?? Math.max(1, Math.ceil(request.steps / CHECKPOINTS_BY_DEFAULT));
  for (let microBatches = 1; ; microBatches *= 2) {
    const packing = choosePacking(stepExamples(source), {
      turnsPerRow: source.mixture.chainedPpm > 0 ? CHAINED_TURNS_PER_ROW : 1,
      longestRow,
      cost: tokenCost(model.config),
      microBatches,
    });
    const graph = graphOf(model, packing);
    const memory = estimateMemory(graph.graph);
    const smaller = packing.shape.batch > 1 && microBatches < MOST_MICRO_BATCHES;
    if (memory.totalBytes <= LIMITS.trainingMemoryBytes || !smaller) {
      checkMemory(memory);
      return { source, packing, graph, memory, checkpointSteps };
    }
  }
}

export function checkRequest({ pairs, steps, checkpointSteps, mixture }: TrainingRequest): void {
  if (pairs.length === 0) throw failure("no-pairs", "There is nothing to learn.", "at least one pair");
  if (!Number.isInteger(steps) || steps < 1 || steps > LIMITS.trainingSteps) {
    throw failure(
      "training-settings",
      "So many steps are not made.",
      `1 to ${LIMITS.trainingSteps}`,
      `${steps}`,
    );
  }
  // The first and the last one are not counted by the spacing.
  const least = Math.ceil(steps / (LIMITS.trainingCheckpoints - 2));
  if (checkpointSteps !== undefined && checkpointSteps < least) {
    throw failure(
      "training-settings",
      "Checkpoints are too many.",
      `${least} steps apart`,
      `${checkpointSteps}`,
    );
  }
  if (mixture !== undefined && mixture.pairsPerStep < 1) {
    throw failure("training-settings", "A step needs a pair.", "at least 1", "0");
  }
}

function exampleSource(model: Model, request: TrainingRequest): ExampleSource {
  const { batch, sequenceTokens } = model.manifest.training;
  const plain: TrainingMixture = {
    pairsPerStep: batch,
    rehearsalsPerStep: 0,
    rehearsalWeightPpm: 0,
    chainedPpm: 0,
  };
  const mixture = request.mixture ?? plain;
  return {
    pairs: request.pairs,
    known: request.known ?? [],
    earlier: model.benchmark.sequences,
    mixture: { ...mixture, pairsPerStep: Math.min(mixture.pairsPerStep, request.pairs.length) },
    seed: request.seed,
    steps: request.steps,
    tokenizer: model.tokenizer,
    turnTokens: sequenceTokens,
  };
}

function graphOf({ config, weights, manifest }: Model, packing: Packing): TrainingGraph | GradientGraph {
  const options = { mode: "lora", weights, lora: manifest.lora, ...packing.shape } as const;
  return packing.microBatches === 1
    ? buildTrainingGraph(config, options)
    : buildGradientGraph(config, options);
}

function tokenCost(config: LlamaConfig): TokenCost {
  const linear = LINEARS.map((kind) => linearShape(config, kind)).reduce((sum, [a, b]) => sum + a * b, 0);
  return { linear, attention: config.heads * (2 * config.headSize + SCORE_COST) };
}

/** Steps of a planned run. */
export interface RunLoop
  extends Pick<AccumulatingLoop, "step" | "train" | "save" | "restore" | "parameters" | "release"> {
  readonly graphs: readonly Cid[];
}

/** The loop that runs a planned run's graph. Errors: session-failed, training-parameters. */
export async function createLoop(
  runtime: Runtime,
  { graph }: TrainingRun,
  initial: ReadonlyMap<string, Float32Array>,
): Promise<RunLoop> {
  if (!("options" in graph)) return AccumulatingLoop.create(runtime, graph, initial);
  const loop = await TrainingLoop.create(runtime, graph, initial);
  return {
    graphs: loop.graphs,
    get step() {
      return loop.step;
    },
    train: async ([batch], learningRate) => {
      if (batch === undefined) throw failure("graph-internal", "A step without a batch.");
      return loop.train(batch, learningRate);
    },
    save: () => loop.save(),
    restore: (saved) => loop.restore(saved),
    parameters: () => loop.parameters(),
    release: () => loop.release(),
  };
}
