import type { Cid } from "../../core/primitives.ts";
import type { PrivateTraining } from "../../ports/privacy.ts";
import type { PreferenceFigures } from "../../ports/trainer.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ExampleGradients, ObjectivePlan } from "./example-gradients.ts";
import { Optimizer } from "./optimizer.ts";
import { type ParameterValues, parameterFeeds, type StepLoop } from "./plan.ts";
import { NoisySum, poissonSample } from "./privacy/noisy-sum.ts";
import { SecretWords } from "./privacy/secret-words.ts";
import { seededPasses } from "./schedule.ts";
import { type LoopState, meanLoss } from "./state.ts";

export interface ObjectiveSettings {
  readonly initial: ParameterValues;
  /** Examples of a step; on average where there is privacy. */
  readonly batchSize: number;
  readonly seed: number;
  readonly steps: number;
  readonly privacy: PrivateTraining | undefined;
}

const MICRO = 1_000_000;

/**
 * Steps whose gradients come from an objective's graph and go through one for AdamW; between the two lies what cannot be in
 * a graph: the clipping of each example and the noise (DP-SGD: Abadi et al., arXiv:1607.00133). Which examples a step has
 * depends on its number alone, so a run that goes on meets the same ones, with the same noise.
 */
export class ObjectiveLoop implements StepLoop {
  readonly graphs: readonly Cid[];
  readonly #plan: ObjectivePlan;
  readonly #settings: ObjectiveSettings;
  readonly #source: ExampleGradients;
  readonly #optimizer: Optimizer;
  /** Examples of each step; undefined where they are drawn secretly. */
  readonly #order: readonly (readonly number[])[] | undefined;

  private constructor(
    plan: ObjectivePlan,
    settings: ObjectiveSettings,
    source: ExampleGradients,
    optimizer: Optimizer,
  ) {
    this.graphs = [source.graphCid, optimizer.graphCid];
    this.#plan = plan;
    this.#settings = settings;
    this.#source = source;
    this.#optimizer = optimizer;
    this.#order = settings.privacy === undefined ? seededOrder(plan.count, settings) : undefined;
  }

  /** Errors: session-failed, training-parameters. */
  static async create(
    runtime: Runtime,
    plan: ObjectivePlan,
    settings: ObjectiveSettings,
  ): Promise<ObjectiveLoop> {
    const { initial, privacy } = settings;
    const source = await plan.create(runtime, parameterFeeds(plan.parameters, initial));
    // With noise each example is clipped by itself, and their sum is not clipped again.
    const options = privacy === undefined ? {} : { clipNorm: 0 };
    return new ObjectiveLoop(
      plan,
      settings,
      source,
      await Optimizer.create(runtime, plan.parameters, initial, options),
    );
  }

  get step(): number {
    return this.#optimizer.state.step;
  }

  train(learningRate: number): Promise<number> {
    const { privacy } = this.#settings;
    return privacy === undefined ? this.#step(learningRate) : this.#noisyStep(privacy, learningRate);
  }

  parameters(): Map<string, Float32Array> {
    return this.#optimizer.state.parameters();
  }

  save(): LoopState {
    return this.#optimizer.state.save();
  }

  restore(saved: LoopState): void {
    this.#optimizer.state.restore(saved);
  }

  async measure(parameters: ParameterValues): Promise<PreferenceFigures | undefined> {
    const measured = await this.#source.measure?.(parameterFeeds(this.#plan.parameters, parameters));
    return (
      measured && {
        lossMicroNats: Math.round(measured.loss * MICRO),
        marginMicroNats: Math.round(measured.margin * MICRO),
        agreeingPpm: Math.round(measured.agreeing * MICRO),
      }
    );
  }

  async release(): Promise<void> {
    await Promise.all([this.#source.release(), this.#optimizer.release()]);
  }

  async #step(learningRate: number): Promise<number> {
    const chosen = this.#order?.[this.step] ?? [];
    const batch = await this.#source.gradients(chosen, this.#optimizer.state.parameterFeeds());
    const loss = meanLoss(batch.lossSum, batch.weightSum, this.step + 1);
    await this.#optimizer.step(batch.gradients, batch.weightSum, learningRate);
    return loss;
  }

  /** A step may have no examples: then it is noise alone, and its loss is told as 0. */
  async #noisyStep(privacy: PrivateTraining, learningRate: number): Promise<number> {
    const { noiseSeed, batchSize } = privacy;
    const draw = new SecretWords(noiseSeed, "sampling", this.step);
    const chosen = poissonSample(draw, { pairCount: this.#plan.count, batchSize });
    const sum = new NoisySum(sizesOf(this.#plan), privacy);
    let loss = 0;
    for (const example of chosen) {
      const one = await this.#source.gradients([example], this.#optimizer.state.parameterFeeds());
      loss += meanLoss(one.lossSum, one.weightSum, this.step + 1);
      sum.add(one.gradients, one.weightSum);
    }
    const mean = sum.finish(new SecretWords(noiseSeed, "noise", this.step), batchSize);
    await this.#optimizer.step(mean, 1, learningRate);
    return loss / Math.max(1, chosen.length);
  }
}

function seededOrder(count: number, { batchSize, seed, steps }: ObjectiveSettings): number[][] {
  const draw = seededPasses(
    Array.from({ length: count }, (_, index) => index),
    seed,
  );
  return Array.from({ length: steps }, () => Array.from({ length: batchSize }, draw));
}

function sizesOf({ parameters }: ObjectivePlan): Map<string, number> {
  return new Map(
    parameters.map(({ name, shape }) => [name, shape.reduce((product, size) => product * size, 1)]),
  );
}
