import type { BatchShape } from "../llama/objective.ts";
import type { Batch } from "./batch-feeds.ts";
import type { WeightedExample } from "./examples.ts";

/** Row lengths are multiples of this, so that few different graphs are built. */
const SEQUENCE_STEP = 8;

/** Shape of every micro-batch of a run. */
export interface PackedShape extends BatchShape {
  readonly packed: true;
  readonly scored: number;
}

export interface Packing {
  readonly shape: PackedShape;
  readonly microBatches: number;
}

/** Multiply-adds of a token: in the linear layers, and for each token that it can look at. */
export interface TokenCost {
  readonly linear: number;
  readonly attention: number;
}

/** Several sequences that share a row. */
type Row = readonly WeightedExample[];

/**
 * First-fit decreasing: sequences, the longest first, each into the first row that has room. Equal lengths stay in
 * order. Source: Johnson, Near-optimal bin packing algorithms (MIT, 1973); for training: Krell et al. (arXiv:2107.02027).
 */
export function packRows(examples: readonly WeightedExample[], sequence: number): Row[] {
  const rows: { readonly examples: WeightedExample[]; room: number }[] = [];
  const sorted = examples.toSorted((a, b) => b.tokens.length - a.tokens.length);
  for (const example of sorted) {
    const size = example.tokens.length;
    const row = rows.find(({ room }) => room >= size);
    if (row === undefined) rows.push({ examples: [example], room: sequence - size });
    else {
      row.examples.push(example);
      row.room -= size;
    }
  }
  return rows.map((row) => row.examples);
}

/**
 * The cheapest shape that holds every step: row lengths from the longest sequence up to `longestRow` are tried, and what
 * a step costs is counted in multiply-adds. `microBatches` parts a step's rows.
 */
export function choosePacking(
  steps: Iterable<readonly WeightedExample[]>,
  options: { readonly longestRow: number; readonly cost: TokenCost; readonly microBatches: number },
): Packing {
  const all = [...steps];
  const longest = largest(all.flat().map(({ tokens }) => tokens.length));
  const least = Math.ceil(longest / SEQUENCE_STEP) * SEQUENCE_STEP;
  let best: Packing | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let sequence = least; sequence <= Math.max(least, options.longestRow); sequence += SEQUENCE_STEP) {
    const packing = shapeFor(all, sequence, options.microBatches);
    const { batch } = packing.shape;
    const tokens = batch * sequence * packing.microBatches;
    const cost = tokens * (options.cost.linear + options.cost.attention * sequence);
    if (cost < bestCost) [best, bestCost] = [packing, cost];
  }
  return best ?? shapeFor(all, least, options.microBatches);
}

function shapeFor(
  steps: readonly (readonly WeightedExample[])[],
  sequence: number,
  microBatches: number,
): Packing {
  const packed = steps.map((examples) => packRows(examples, sequence));
  const rows = largest(packed.map((step) => step.length));
  const batch = Math.ceil(rows / microBatches);
  const scored = largest(packed.flatMap((step) => parts(step, batch).map(scoredCount)));
  return { shape: { batch, sequence, packed: true, scored }, microBatches: Math.ceil(rows / batch) };
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 1);
}

function parts(rows: readonly Row[], size: number): (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  );
}

function scoredCount(rows: readonly Row[]): number {
  return rows.flat().reduce((sum, { scored }) => sum + scored.filter(Boolean).length, 0);
}

/** A step's sequences as micro-batches of the packing's shape; rows and scored places left over count nothing. */
export function packBatches(
  examples: readonly WeightedExample[],
  { shape }: Packing,
  padId: number,
): readonly Batch[] {
  return parts(packRows(examples, shape.sequence), shape.batch).map((rows) => packBatch(rows, shape, padId));
}

function packBatch(rows: readonly Row[], shape: PackedShape, padId: number): Batch {
  const size = shape.batch * shape.sequence;
  const tokens = new BigInt64Array(size).fill(BigInt(padId));
  const positions = new BigInt64Array(size);
  // What is left over is a sequence of its own, which nothing scored looks at.
  const segments = new BigInt64Array(size).fill(-1n);
  const scored = new BigInt64Array(shape.scored);
  const targets = new BigInt64Array(shape.scored).fill(BigInt(padId));
  const mask = new Float32Array(shape.scored);
  let place = 0;
  for (const [row, examples] of rows.entries()) {
    let at = row * shape.sequence;
    for (const [segment, example] of examples.entries()) {
      for (const [position, token] of example.tokens.entries()) {
        tokens[at] = BigInt(token);
        positions[at] = BigInt(position);
        segments[at] = BigInt(segment);
        if (example.scored[position]) {
          scored[place] = BigInt(at);
          targets[place] = BigInt(example.targets[position] ?? padId);
          mask[place] = example.weight;
          place += 1;
        }
        at += 1;
      }
    }
  }
  return { tokens, targets, mask, scored, packing: { positions, segments } };
}
