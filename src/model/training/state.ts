import { failure } from "../../core/errors.ts";
import type { ParameterSpec } from "../llama/parameters.ts";
import type { AdamWOptions } from "../onnx/adamw.ts";
import { type Feeds, float32, scalar, type TensorData } from "../runtime/runtime.ts";

/** A parameter and AdamW's moments of it. */
export interface ParameterState {
  readonly parameter: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** Everything needed to go on later. */
export interface LoopState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: ReadonlyMap<string, ParameterState>;
}

export type Results = Readonly<Record<string, TensorData>>;

/** Parameters and moments between the steps of a graph that ends in AdamW. */
export class TrainingState {
  readonly #specs: readonly ParameterSpec[];
  readonly #options: AdamWOptions;
  #states: ReadonlyMap<string, ParameterState>;
  #step = 0;
  #beta1Power = 1;
  #beta2Power = 1;

  /** `initial` holds the parameters' first values by name. Errors: training-parameters. */
  constructor(
    specs: readonly ParameterSpec[],
    options: AdamWOptions,
    initial: ReadonlyMap<string, Float32Array>,
  ) {
    this.#specs = specs;
    this.#options = options;
    this.#states = new Map(
      specs.map(({ name }) => {
        const parameter = initial.get(name);
        if (parameter === undefined) throw failure("training-parameters", `No first value for ${name}.`);
        const first = new Float32Array(parameter.length);
        return [name, { parameter, first, second: new Float32Array(parameter.length) }];
      }),
    );
  }

  get step(): number {
    return this.#step;
  }

  parameters(): Map<string, Float32Array> {
    return new Map(Array.from(this.#states, ([name, { parameter }]) => [name, parameter]));
  }

  parameterFeeds(): Feeds {
    return Object.fromEntries(
      this.#specs.map(({ name, shape }) => [name, float32(this.#state(name).parameter, shape)]),
    );
  }

  /** Inputs of AdamW for the next step, without the parameters. */
  momentFeeds(learningRate: number): Feeds {
    const { beta1, beta2 } = this.#options;
    const feeds: Record<string, TensorData> = {
      learningRate: scalar(learningRate),
      firstCorrection: scalar(1 / (1 - this.#beta1Power * beta1)),
      secondCorrection: scalar(1 / (1 - this.#beta2Power * beta2)),
    };
    for (const { name, shape } of this.#specs) {
      const { first, second } = this.#state(name);
      feeds[`${name}.first`] = float32(first, shape);
      feeds[`${name}.second`] = float32(second, shape);
    }
    return feeds;
  }

  /** Takes over what a step gave. Errors: session-failed. */
  advance(results: Results): void {
    this.#states = new Map(
      this.#specs.map(({ name }) => {
        const parameter = floats(results, `${name}.next`);
        const first = floats(results, `${name}.first.next`);
        return [name, { parameter, first, second: floats(results, `${name}.second.next`) }];
      }),
    );
    this.#countTo(this.#step + 1);
  }

  save(): LoopState {
    return { step: this.#step, parameters: new Map(this.#states) };
  }

  /** Goes on from a saved state of the same parameters. Errors: training-parameters. */
  restore(saved: LoopState): void {
    this.#states = new Map(
      Array.from(this.#states, ([name, { parameter }]) => {
        const from = saved.parameters.get(name);
        const lengths = [from?.parameter.length, from?.first.length, from?.second.length];
        if (from === undefined || lengths.some((length) => length !== parameter.length)) {
          throw failure("training-parameters", `The saved state does not fit ${name}.`);
        }
        return [name, from];
      }),
    );
    this.#step = 0;
    this.#beta1Power = 1;
    this.#beta2Power = 1;
    this.#countTo(saved.step);
  }

  /** Powers by multiplication: Math.pow is not the same in every engine. */
  #countTo(step: number): void {
    for (; this.#step < step; this.#step++) {
      this.#beta1Power *= this.#options.beta1;
      this.#beta2Power *= this.#options.beta2;
    }
  }

  #state(name: string): ParameterState {
    const state = this.#states.get(name);
    if (state === undefined) throw failure("graph-internal", `No state of ${name}.`);
    return state;
  }
}

/** A float result by name. Errors: session-failed. */
export function floats(results: Results, name: string): Float32Array {
  const data = results[name]?.data;
  if (data instanceof Float32Array) return data;
  throw failure("session-failed", `The graph gave no ${name}.`);
}

/** Mean loss of a step, nats. Errors: training-diverged (not finite). */
export function meanLoss(lossSum: number, weightSum: number, step: number): number {
  const loss = lossSum / weightSum;
  if (Number.isFinite(loss)) return loss;
  throw failure(
    "training-diverged",
    `The loss is not a number at step ${step}.`,
    "a finite loss",
    String(loss),
  );
}
