import { ADAMW_DEFAULTS, type AdamWOptions } from "../onnx/adamw.ts";
import { gradients } from "../onnx/autodiff.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { add, divide, exponential, multiply, subtract } from "../onnx/operators/elementwise.ts";
import { reduceSum, sumAll } from "../onnx/operators/reduce.ts";
import { reshape } from "../onnx/operators/shape.ts";
import { logSoftmax } from "../onnx/operators/softmax.ts";
import type { LlamaConfig } from "./config.ts";
import { forward } from "./layers.ts";
import { tokenLoss } from "./loss.ts";
import { checkSequence, trainableModel } from "./objective.ts";
import { optimizerStep, scheduleInputs } from "./optimizer-graph.ts";
import type { ParameterSpec } from "./parameters.ts";

export interface DistillationShape {
  readonly batch: number;
  readonly sequence: number;
  /** Positions of a batch whose logits are compared. */
  readonly scored: number;
}

export interface DistillationOptions extends DistillationShape {
  /** Divides both models' logits before they are compared: above 1, small probabilities count more. */
  readonly temperature: number;
  /** Share of the loss that the teacher has, 0 to 1; the rest is cross-entropy with the text itself. */
  readonly teacherShare: number;
  readonly optimizer?: Partial<AdamWOptions>;
}

/**
 * One AdamW step of all weights of a student on one batch, as a graph (Hinton, Vinyals & Dean, arXiv:1503.02531).
 * Inputs: tokens int64 [batch, sequence]; scored int64 [scored] (flat positions); targets int64 [scored]; mask float32
 * [scored]; teacher float32 [scored, vocabulary] (its logits there); learningRate, firstCorrection, secondCorrection
 * float32 []; and for each parameter p `p`, `p.first`, `p.second`.
 * Outputs, before the step: divergenceSum [] = Σ mask · KL(teacher ‖ student) at the temperature, nats;
 * lossSum [] = Σ mask · (share · temperature² · KL + (1 − share) · cross-entropy); weightSum [] = Σ mask; and `p.next`,
 * `p.first.next`, `p.second.next`. The factor temperature² keeps the size of the gradient at any temperature.
 */
export interface DistillationGraph extends DistillationShape {
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
  readonly options: AdamWOptions;
}

/** Errors: sequence-too-long. */
export function buildDistillationGraph(config: LlamaConfig, options: DistillationOptions): DistillationGraph {
  const { batch, sequence, scored, temperature, teacherShare } = options;
  checkSequence(config, sequence);
  const graph = new Graph("parley-distillation");
  const tokens = graph.input("tokens", "int64", [batch, sequence]);
  const positions = graph.input("scored", "int64", [scored]);
  const targets = graph.input("targets", "int64", [scored]);
  const mask = graph.input("mask", "float32", [scored]);
  const teacher = graph.input("teacher", "float32", [scored, config.vocabularySize]);
  const schedule = scheduleInputs(graph);
  const { parameters, values, source } = trainableModel(graph, config, { mode: "full" });
  const logits = forward(graph, config, { batch, sequence }, tokens, source, { scored: positions });
  const divergences = divergence(graph, teacher, logits, temperature);
  const losses = add(
    graph,
    multiply(graph, divergences, graph.scalar(teacherShare * temperature * temperature)),
    multiply(graph, tokenLoss(graph, config, logits, targets), graph.scalar(1 - teacherShare)),
  );
  const lossSum = sumAll(graph, multiply(graph, losses, mask));
  const weightSum = sumAll(graph, mask);
  const means = gradients(graph, divide(graph, lossSum, weightSum), values);
  const optimizer = { ...ADAMW_DEFAULTS, ...options.optimizer };
  optimizerStep(graph, { parameters, values, means, schedule, optimizer });
  graph.output("divergenceSum", sumAll(graph, multiply(graph, divergences, mask)));
  graph.output("lossSum", lossSum);
  graph.output("weightSum", weightSum);
  return { graph, parameters, options: optimizer, batch, sequence, scored };
}

/** KL(softmax(teacher / t) ‖ softmax(student / t)) of each row, nats: [rows, vocabulary] → [rows]. */
function divergence(graph: Graph, teacher: Value, student: Value, temperature: number): Value {
  const inverse = graph.scalar(1 / temperature);
  const wanted = logSoftmax(graph, multiply(graph, teacher, inverse));
  const given = logSoftmax(graph, multiply(graph, student, inverse));
  const terms = multiply(graph, exponential(graph, wanted), subtract(graph, wanted, given));
  return reshape(graph, reduceSum(graph, terms, [-1]), [Number(student.shape[0])]);
}
