import { describe, expect, it } from "vitest";
import { gradients } from "../onnx/autodiff.ts";
import { Graph } from "../onnx/graph.ts";
import { interpret, type Tensor } from "../testing/interpreter.ts";
import { livelyWeights } from "../testing/lively.ts";
import { TINY_CONFIG, TINY_LORA } from "../testing/tiny.ts";
import type { LlamaConfig } from "./config.ts";
import { buildObjective } from "./objective.ts";

/** As small as a model with every part can be. */
const SMALL: LlamaConfig = {
  ...TINY_CONFIG,
  vocabularySize: 16,
  hiddenSize: 8,
  intermediateSize: 6,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  headSize: 4,
  contextTokens: 8,
};

const VARIANTS: readonly (readonly [string, LlamaConfig])[] = [
  ["Llama", SMALL],
  ["Qwen2", { ...SMALL, biases: ["self_attn.qkv_proj"] }],
  ["Qwen3 with a head of its own", { ...SMALL, queryKeyNorm: true, ownHead: true }],
  [
    "Llama with all biases and linear scaling",
    {
      ...SMALL,
      biases: ["self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"],
      ropeScaling: { kind: "linear", factor: 2 },
    },
  ],
];

const BATCH = { batch: 1, sequence: 4 } as const;

/** Loss and its gradients by all parameters at given points, in doubles. */
function objectiveGraph(config: LlamaConfig) {
  const graph = new Graph("objective");
  const objective = buildObjective(graph, config, { mode: "full", ...BATCH });
  gradients(graph, objective.lossSum, objective.values).forEach((gradient, index) => {
    graph.output(`gradient.${objective.parameters[index]?.name}`, gradient);
  });
  graph.output("loss", objective.lossSum);
  const weights = livelyWeights(config);
  const row = (data: readonly number[]): Tensor => ({ shape: [1, 4], data });
  const feeds: Record<string, Tensor> = {
    tokens: row([3, 1, 4, 15]),
    targets: row([1, 4, 15, 9]),
    mask: row([0, 1, 0.5, 1]),
  };
  for (const { name, shape } of objective.parameters) {
    feeds[name] = { shape, data: Array.from(weights.get(name) ?? []) };
  }
  return { graph, parameters: objective.parameters, feeds };
}

describe("the loss's gradient by every parameter", () => {
  it.each(VARIANTS)("of %s agrees with finite differences in float64", (_, config) => {
    const { graph, parameters, feeds } = objectiveGraph(config);
    const exact = interpret(graph, feeds);
    const step = 2 ** -16;
    for (const { name } of parameters) {
      const point = feeds[name] ?? { shape: [], data: [] };
      // A few elements of each parameter: all of them take minutes.
      for (let element = 1; element < point.data.length; element += Math.ceil(point.data.length / 5)) {
        const lossAt = (difference: number): number => {
          const moved = (point.data[element] ?? 0) + difference;
          const data = point.data.with(element, moved);
          return interpret(graph, { ...feeds, [name]: { ...point, data } }).loss?.data[0] ?? Number.NaN;
        };
        const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
        const received = exact[`gradient.${name}`]?.data[element] ?? Number.NaN;
        expect([name, element, Math.abs(received - slope) < 1e-6]).toEqual([name, element, true]);
      }
    }
  });

  it("by factor B agrees with finite differences in float64", () => {
    const graph = new Graph("objective");
    const weights = livelyWeights(SMALL);
    const objective = buildObjective(graph, SMALL, { mode: "lora", weights, lora: TINY_LORA, ...BATCH });
    const [value] = objective.values;
    const [spec] = objective.parameters;
    if (value === undefined || spec === undefined) throw new Error("no parameters");
    for (const gradient of gradients(graph, objective.lossSum, [value])) graph.output("gradient", gradient);
    graph.output("loss", objective.lossSum);
    const row = (data: readonly number[]): Tensor => ({ shape: [1, 4], data });
    const feeds: Record<string, Tensor> = {
      tokens: row([3, 1, 4, 15]),
      targets: row([1, 4, 15, 9]),
      mask: row([1, 1, 1, 1]),
    };
    for (const { name, shape } of objective.parameters) {
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      feeds[name] = { shape, data: Array.from({ length: size }, (_, index) => Math.cos(index) / 8) };
    }
    const exact = interpret(graph, feeds).gradient?.data ?? [];
    const point = feeds[spec.name] ?? { shape: [], data: [] };
    const step = 2 ** -16;
    for (let element = 0; element < point.data.length; element += 7) {
      const lossAt = (difference: number): number => {
        const data = point.data.with(element, (point.data[element] ?? 0) + difference);
        return interpret(graph, { ...feeds, [spec.name]: { ...point, data } }).loss?.data[0] ?? Number.NaN;
      };
      const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
      expect(Math.abs((exact[element] ?? Number.NaN) - slope)).toBeLessThan(1e-6);
    }
  });
});
