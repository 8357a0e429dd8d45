import type { Graph, GraphNode, Value } from "./graph.ts";

/** The gradient of elements `from` … `to` − 1 along an axis; that of the others is 0. */
export interface Piece {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly gradient: Value;
}

/** What a gradient rule is given: the node, the gradient of its (only differentiated) output, and which inputs matter. */
export interface GradientContext {
  readonly graph: Graph;
  readonly node: GraphNode;
  readonly output: Value;
  readonly gradient: Value;
  /** False where no parameter is upstream of that input: its gradient need not be built. */
  readonly wanted: readonly boolean[];
}

/** Gradients by input; undefined where there is none or none is wanted. */
export type GradientRule = (context: GradientContext) => (Value | Piece | undefined)[];

export type GradientRules = Readonly<Record<string, GradientRule>>;
