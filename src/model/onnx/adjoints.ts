import type { Piece } from "./gradient.ts";
import { type Graph, staticShape, type Value } from "./graph.ts";
import { add } from "./operators/elementwise.ts";
import { expand } from "./operators/reduce.ts";
import { concat } from "./operators/shape.ts";

/**
 * The gradients known so far, by value; several contributions to one value are summed. Pieces wait until the value is
 * asked for: where slices share a value out, their gradients beside each other are its gradient, in one Concat.
 */
export class Adjoints {
  readonly #graph: Graph;
  readonly #whole = new Map<string, Value>();
  readonly #pieces = new Map<string, Piece[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  add(value: Value, contribution: Value | Piece): void {
    if ("gradient" in contribution) {
      this.#pieces.set(value.name, [...(this.#pieces.get(value.name) ?? []), contribution]);
      return;
    }
    const known = this.#whole.get(value.name);
    this.#whole.set(value.name, known === undefined ? contribution : add(this.#graph, known, contribution));
  }

  /** The sum of what was added; undefined where nothing was. */
  of(value: Value): Value | undefined {
    const pieces = this.#pieces.get(value.name) ?? [];
    this.#pieces.delete(value.name);
    for (const row of rowsOf(pieces)) this.add(value, assemble(this.#graph, value, row));
    return this.#whole.get(value.name);
  }
}

/** Pieces in rows: those of a row lie along one axis, in order, and do not overlap. */
function rowsOf(pieces: readonly Piece[]): Piece[][] {
  const rows: Piece[][] = [];
  for (const piece of pieces.toSorted((one, other) => one.from - other.from)) {
    const row = rows.find((others) => {
      const last = others.at(-1);
      return last?.axis === piece.axis && last.to <= piece.from;
    });
    if (row === undefined) rows.push([piece]);
    else row.push(piece);
  }
  return rows;
}

/** The gradient of `value` from a row of pieces: zeros in the gaps. */
function assemble(graph: Graph, value: Value, row: readonly Piece[]): Value {
  const axis = row[0]?.axis ?? 0;
  const end = Number(value.shape[axis]);
  const parts: Value[] = [];
  let at = 0;
  const fill = (to: number): void => {
    if (to > at) parts.push(zeros(graph, value, axis, to - at));
    at = to;
  };
  for (const { from, to, gradient } of row) {
    fill(from);
    parts.push(gradient);
    at = to;
  }
  fill(end);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : concat(graph, parts, axis);
}

/** Zeros in the shape of `value`, but for `length` along an axis. */
function zeros(graph: Graph, value: Value, axis: number, length: number): Value {
  const shape = staticShape(value).map((size, index) => (index === axis ? length : size));
  return expand(graph, graph.scalar(0), shape);
}
