import { gradients } from "../onnx/autodiff.ts";
import { Graph, type Value } from "../onnx/graph.ts";
import { add, multiply, negate, subtract } from "../onnx/operators/elementwise.ts";
import { matmul } from "../onnx/operators/matrix.ts";
import { expand, sumAll } from "../onnx/operators/reduce.ts";
import { concat, reshape, slice } from "../onnx/operators/shape.ts";
import { logSoftmax } from "../onnx/operators/softmax.ts";
import type { LlamaConfig } from "./config.ts";
import { gradientOutputs } from "./gradient-graph.ts";
import { forward } from "./layers.ts";
import { tokenLoss } from "./loss.ts";
import { checkSequence, type TrainingMode, trainableModel } from "./objective.ts";
import type { ParameterSpec } from "./parameters.ts";

export interface PreferenceShape {
  /** Judgements of a batch. */
  readonly judgements: number;
  /** Sequences of a batch: two for a judgement that compares, one for one that does not. */
  readonly rows: number;
  readonly sequence: number;
  /** Answer tokens of a batch. */
  readonly scored: number;
}

/**
 * Loss and gradients of preferences over answers (Rafailov et al., DPO, arXiv:2305.18290).
 *
 * Inputs: tokens int64 [rows, sequence]; scored int64 [scored] (flat positions); targets int64 [scored];
 * preference float32 [judgements, scored] (+1 where a judgement's wanted answer is, −1 where its unwanted one is, else 0);
 * reference float32 [judgements] (the difference below, of the model before); weights float32 [judgements];
 * supervision float32 [scored] (weight of a token's own cross-entropy, so that wanted answers do not become less likely
 * while unwanted ones fall faster: Pang et al., arXiv:2404.19733); the parameters.
 * Outputs: differences [judgements] = ln p(wanted) − ln p(unwanted), each over all tokens of the answer;
 * lossSum [] = Σ weights · −ln σ(beta · (differences − reference)) + Σ supervision · cross-entropy; weightSum [] = Σ weights;
 * and for each parameter p `p.gradient`, the gradient of lossSum.
 *
 * A judgement with one answer alone compares it with a fixed point, its reference: −ln σ(±beta · (ln p − ln p before)).
 * For a pair cut in two these losses sum to at least the pair's own (Jung et al., BCO, arXiv:2404.04656, with shift 0).
 */
export interface PreferenceGraph extends PreferenceShape {
  readonly graph: Graph;
  readonly parameters: readonly ParameterSpec[];
}

/** `beta`: how far the model may move from the one before for the same preference. Errors: model-weights, sequence-too-long. */
export function buildPreferenceGraph(
  config: LlamaConfig,
  options: TrainingMode & PreferenceShape & { readonly beta: number },
): PreferenceGraph {
  const { judgements, rows, sequence, scored, beta } = options;
  checkSequence(config, sequence);
  const graph = new Graph(`parley-preference-${options.mode}`);
  const tokens = graph.input("tokens", "int64", [rows, sequence]);
  const positions = graph.input("scored", "int64", [scored]);
  const targets = graph.input("targets", "int64", [scored]);
  const preference = graph.input("preference", "float32", [judgements, scored]);
  const reference = graph.input("reference", "float32", [judgements]);
  const weights = graph.input("weights", "float32", [judgements]);
  const supervision = graph.input("supervision", "float32", [scored]);
  const { parameters, values, source } = trainableModel(graph, config, options);
  const logits = forward(graph, config, { batch: rows, sequence }, tokens, source, { scored: positions });
  const losses = tokenLoss(graph, config, logits, targets);
  const likelihoods = reshape(graph, negate(graph, losses), [scored, 1]);
  const differences = reshape(graph, matmul(graph, preference, likelihoods), [judgements]);
  const margins = multiply(graph, subtract(graph, differences, reference), graph.scalar(beta));
  const lossSum = add(
    graph,
    sumAll(graph, multiply(graph, negateLogSigmoid(graph, margins), weights)),
    sumAll(graph, multiply(graph, losses, supervision)),
  );
  graph.output("differences", differences);
  graph.output("lossSum", lossSum);
  graph.output("weightSum", sumAll(graph, weights));
  gradientOutputs(graph, parameters, gradients(graph, lossSum, values));
  return { graph, parameters, judgements, rows, sequence, scored };
}

/** −ln σ(x) of [n], as −ln softmax(x, 0)₁: neither end overflows. */
function negateLogSigmoid(graph: Graph, value: Value): Value {
  const count = Number(value.shape[0]);
  const zeros = expand(graph, graph.scalar(0), [count, 1]);
  const choices = logSoftmax(graph, concat(graph, [reshape(graph, value, [count, 1]), zeros], 1));
  return negate(graph, reshape(graph, slice(graph, choices, 1, 0, 1), [count]));
}
