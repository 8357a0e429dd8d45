import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { elementCount, type Graph, staticShape, type Value } from "../onnx/graph.ts";

/** Bytes that running a graph takes in the runtime's heap. */
export interface MemoryEstimate {
  /** Constants: the encoded model while it is loaded, and the runtime's own copy, with transposes it makes once. */
  readonly weightBytes: number;
  /** The most that is held at once between first and last use: what the backward pass needs of the forward pass. */
  readonly activationBytes: number;
  /** Inputs and results: parameters, moments, gradients, the batch. */
  readonly boundaryBytes: number;
  readonly totalBytes: number;
}

const ELEMENT_BYTES = { float32: 4, int32: 4, int64: 8, uint8: 1, bool: 1 } as const;
/** Encoded model, runtime's copy, and a transposed or packed copy of matrices. */
const WEIGHT_COPIES = 3;

/** What the graph will take, from its shapes alone, before anything is loaded. Shapes must be numbers. */
export function estimateMemory(graph: Graph): MemoryEstimate {
  const weightBytes = WEIGHT_COPIES * sum(graph.constants.map(({ value }) => bytesOf(value)));
  const boundaryBytes = sum([...graph.inputs, ...graph.outputs].map(bytesOf));
  const activationBytes = largestLive(graph);
  return {
    weightBytes,
    activationBytes,
    boundaryBytes,
    totalBytes: weightBytes + activationBytes + boundaryBytes,
  };
}

/** Errors: training-memory. */
export function checkMemory({ totalBytes }: MemoryEstimate): void {
  if (totalBytes <= LIMITS.trainingMemoryBytes) return;
  throw failure(
    "training-memory",
    "This training run does not fit in memory. Fewer or shorter corrections at a time, or a smaller model, would.",
    `≤ ${mebibytes(LIMITS.trainingMemoryBytes)} MiB`,
    `${mebibytes(totalBytes)} MiB`,
  );
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** Walks the nodes in order and frees each value after its last use, as the runtime's planner does. */
function largestLive({ nodes }: Graph): number {
  const owners = new Map<string, string>();
  const owner = (name: string): string => owners.get(name) ?? name;
  const lastUse = new Map<string, number>();
  for (const [index, { operator, inputs, outputs }] of nodes.entries()) {
    for (const value of inputs) if (value !== undefined) lastUse.set(owner(value.name), index);
    const [viewed] = inputs;
    const [view] = outputs;
    if (VIEWS.has(operator) && viewed && view) owners.set(view.name, owner(viewed.name));
  }
  const ending = new Map<number, number>();
  let live = 0;
  let most = 0;
  for (const [index, { outputs }] of nodes.entries()) {
    for (const value of outputs) {
      if (owners.has(value.name)) continue;
      const bytes = bytesOf(value);
      live += bytes;
      const end = lastUse.get(value.name) ?? index;
      ending.set(end, (ending.get(end) ?? 0) + bytes);
    }
    most = Math.max(most, live);
    live -= ending.get(index) ?? 0;
  }
  return most;
}

/** Give the same memory another name. */
const VIEWS: ReadonlySet<string> = new Set(["Reshape", "Identity"]);

function bytesOf(value: Value): number {
  return elementCount(staticShape(value)) * ELEMENT_BYTES[value.type];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
