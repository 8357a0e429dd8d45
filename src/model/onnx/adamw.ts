import type { Graph, Value } from "./graph.ts";
import { add, divide, minimum, multiply, squareRoot, subtract } from "./operators/elementwise.ts";
import { sumAll } from "./operators/reduce.ts";

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Applied to matrices only (rank 2), not to norms. */
  readonly weightDecay: number;
  /** Gradients are scaled down together to at most this L2 norm; 0 is no clipping. */
  readonly clipNorm: number;
}

export const ADAMW_DEFAULTS: AdamWOptions = {
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0,
  clipNorm: 1,
};

/** State of one parameter: the value and both moments, same shape. */
export interface AdamWState {
  readonly parameter: Value;
  readonly first: Value;
  readonly second: Value;
}

/** Scalars fed at each step: learning rate, 1 / (1 − beta1^t), 1 / (1 − beta2^t). */
export interface AdamWSchedule {
  readonly learningRate: Value;
  readonly firstCorrection: Value;
  readonly secondCorrection: Value;
}

/** Nodes of one AdamW step. Source: Loshchilov & Hutter, Decoupled Weight Decay (arXiv:1711.05101). */
export function adamW(
  graph: Graph,
  states: readonly AdamWState[],
  gradients: readonly Value[],
  schedule: AdamWSchedule,
  options: AdamWOptions,
): AdamWState[] {
  const clipped = clip(graph, gradients, options.clipNorm);
  return states.map((state, index) => {
    const gradient = clipped[index] ?? state.parameter;
    const first = blend(graph, state.first, gradient, options.beta1);
    const second = blend(graph, state.second, multiply(graph, gradient, gradient), options.beta2);
    const deviation = squareRoot(graph, multiply(graph, second, schedule.secondCorrection));
    const direction = divide(
      graph,
      multiply(graph, first, schedule.firstCorrection),
      add(graph, deviation, graph.scalar(options.epsilon)),
    );
    const decayed =
      options.weightDecay === 0 || state.parameter.shape.length !== 2
        ? direction
        : add(graph, direction, multiply(graph, state.parameter, graph.scalar(options.weightDecay)));
    const parameter = subtract(graph, state.parameter, multiply(graph, decayed, schedule.learningRate));
    return { parameter, first, second };
  });
}

function blend(graph: Graph, old: Value, fresh: Value, share: number): Value {
  return add(
    graph,
    multiply(graph, old, graph.scalar(share)),
    multiply(graph, fresh, graph.scalar(1 - share)),
  );
}

function clip(graph: Graph, gradients: readonly Value[], clipNorm: number): readonly Value[] {
  if (clipNorm === 0) return gradients;
  const squares = gradients.map((gradient) => sumAll(graph, multiply(graph, gradient, gradient)));
  const total = squares.reduce((sum, square) => add(graph, sum, square));
  const norm = add(graph, squareRoot(graph, total), graph.scalar(1e-6));
  const factor = minimum(graph, graph.scalar(1), divide(graph, graph.scalar(clipNorm), norm));
  return gradients.map((gradient) => multiply(graph, gradient, factor));
}
