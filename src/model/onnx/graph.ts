import { failure } from "../../core/errors.ts";

/** Element types that our graphs use, by their ONNX names. */
export type ElementType = "float32" | "int64" | "int32" | "uint8" | "bool";

/** A number, or a symbol bound at run time (only in graphs that are not differentiated). */
export type Dimension = number | string;

/** The result of a node, a graph input or an initializer. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** Data of an initializer; `data` is little-endian in memory as ONNX raw_data wants it. */
export interface Constant {
  readonly value: Value;
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array;
}

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] };

export interface GraphNode {
  readonly operator: string;
  /** "" is the standard operator set. */
  readonly domain: "" | "com.microsoft";
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OutputSpec {
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

export interface EmitOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: "" | "com.microsoft";
  /** Indices of optional outputs that are not computed. */
  readonly omit?: readonly number[];
}

/**
 * A graph under construction, in topological order by construction: a node can only name values that exist.
 * Names are counters, so the same calls give the same bytes.
 */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly constants: Constant[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly #shared = new Map<string, Value>();
  readonly #outputNames = new Set<string>();
  #counter = 0;

  constructor(readonly name: string) {}

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    const value: Value = { name, type, shape };
    this.inputs.push(value);
    return value;
  }

  /** Names `value` as a result of the graph. The rename is an Identity node, so a value may be given out twice. */
  output(name: string, value: Value): Value {
    if (this.#outputNames.has(name)) throw failure("graph-output-twice", `Output ${name} exists already.`);
    this.#outputNames.add(name);
    const renamed: Value = { name, type: value.type, shape: value.shape };
    this.nodes.push({
      operator: "Identity",
      domain: "",
      inputs: [value],
      outputs: [renamed],
      attributes: {},
    });
    this.outputs.push(renamed);
    return renamed;
  }

  constant(data: Constant["data"], shape: readonly number[], name?: string): Value {
    const expected = elementCount(shape);
    if (data.length !== expected) {
      throw failure(
        "graph-constant-size",
        "A constant's data does not fill its shape.",
        `${expected}`,
        `${data.length}`,
      );
    }
    const value: Value = { name: name ?? this.#nextName("constant"), type: elementTypeOf(data), shape };
    this.constants.push({ value, data });
    return value;
  }

  /** A float32 scalar, shared between its uses. */
  scalar(number: number): Value {
    return this.#share(`f${number}`, () => this.constant(Float32Array.of(number), []));
  }

  /** A one-dimensional int64 constant (shapes, axes, bounds), shared between its uses. */
  integers(numbers: readonly number[]): Value {
    return this.#share(`i${numbers.join(",")}`, () =>
      this.constant(
        BigInt64Array.from(numbers, (number) => BigInt(number)),
        [numbers.length],
      ),
    );
  }

  /** Numbers of a value made by `integers`. */
  integersIn(value: Value): readonly number[] {
    const found = this.constants.find((constant) => constant.value.name === value.name);
    if (found === undefined || !(found.data instanceof BigInt64Array)) {
      throw failure("graph-internal", `${value.name} is not an integer constant.`);
    }
    return Array.from(found.data, Number);
  }

  emit(
    operator: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly OutputSpec[],
    options: EmitOptions = {},
  ): Value[] {
    const values = outputs.map(({ type, shape }, index) => ({
      // An empty name is how ONNX leaves an optional output out.
      name: options.omit?.includes(index) ? "" : this.#nextName(operator),
      type,
      shape,
    }));
    this.nodes.push({
      operator,
      domain: options.domain ?? "",
      inputs,
      outputs: values,
      attributes: options.attributes ?? {},
    });
    return values;
  }

  /** Emits a node with one result. */
  emitOne(
    operator: string,
    inputs: readonly (Value | undefined)[],
    type: ElementType,
    shape: readonly Dimension[],
    options: EmitOptions = {},
  ): Value {
    const [value] = this.emit(operator, inputs, [{ type, shape }], options);
    if (value === undefined) throw failure("graph-internal", `${operator} gave no value.`);
    return value;
  }

  #share(key: string, make: () => Value): Value {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }

  #nextName(stem: string): string {
    this.#counter += 1;
    return `${stem}_${this.#counter}`;
  }
}

function elementTypeOf(data: Constant["data"]): ElementType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Uint8Array) return "uint8";
  return data instanceof Int32Array ? "int32" : "int64";
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** The shape as numbers. Errors: graph-symbolic-shape for graphs with run-time dimensions. */
export function staticShape(value: Value): number[] {
  return value.shape.map((dimension) => {
    if (typeof dimension === "number") return dimension;
    throw failure(
      "graph-symbolic-shape",
      `${value.name} has a run-time dimension here.`,
      "numbers",
      dimension,
    );
  });
}

/** NumPy broadcasting of two shapes. Errors: graph-shape. */
export function broadcastShape(left: Value, right: Value): Dimension[] {
  const rank = Math.max(left.shape.length, right.shape.length);
  const result: Dimension[] = [];
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const a = left.shape.at(left.shape.length - fromEnd);
    const b = right.shape.at(right.shape.length - fromEnd);
    result.unshift(
      broadcastDimension(fromEnd > left.shape.length ? 1 : a, fromEnd > right.shape.length ? 1 : b),
    );
  }
  return result;
}

function broadcastDimension(a: Dimension | undefined, b: Dimension | undefined): Dimension {
  const left = a ?? 1;
  const right = b ?? 1;
  if (left === right || right === 1) return left;
  if (left === 1) return right;
  throw failure("graph-shape", "Shapes do not broadcast.", String(left), String(right));
}
