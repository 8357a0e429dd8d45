import { failure } from "../../../core/errors.ts";
import type { GraphNode, Value } from "../graph.ts";

/** Input `index` of a node that must have it. */
export function input(node: GraphNode, index: number): Value {
  const value = node.inputs[index];
  if (value === undefined) throw failure("graph-internal", `${node.operator} lacks input ${index}.`);
  return value;
}

/** The `ints` attribute of a node that must have it. */
export function integersOf(node: GraphNode, name: string): readonly number[] {
  const attribute = node.attributes[name];
  if (attribute === undefined || !("ints" in attribute)) {
    throw failure("graph-internal", `${node.operator} lacks attribute ${name}.`);
  }
  return attribute.ints;
}

/** The `int` attribute of a node that must have it. */
export function integerOf(node: GraphNode, name: string): number {
  const attribute = node.attributes[name];
  if (attribute === undefined || !("int" in attribute)) {
    throw failure("graph-internal", `${node.operator} lacks attribute ${name}.`);
  }
  return attribute.int;
}
