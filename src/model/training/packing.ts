import type { BatchShape } from "../llama/objective.ts";
import type { Batch } from "./batch-feeds.ts";
import type { Turn } from "./examples.ts";

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

/** Turns that share a row. */
type Row = readonly Turn[];

/**
 * First-fit decreasing: turns, the longest first, each into the first row that has room. Source: Johnson, Near-optimal
 * bin packing algorithms (MIT, 1973); for training: Krell et al. (arXiv:2107.02027).
 */
export function packRows(turns: readonly Turn[], sequence: number): Row[] {
  const rows: { readonly turns: Turn[]; room: number }[] = [];
  const sorted = turns.toSorted((a, b) => b.tokens.length - a.tokens.length || a.order - b.order);
  for (const turn of sorted) {
    // A turn that is followed by another of its dialogue is one token longer: its end is read, too.
    const size = turn.tokens.length + 1;
    const row = rows.find(({ room }) => room >= size);
    if (row === undefined) rows.push({ turns: [turn], room: sequence + 1 - size });
    else {
      row.turns.push(turn);
      row.room -= size;
    }
  }
  return rows.map((row) => row.turns.sort((a, b) => a.order - b.order));
}

/**
 * The cheapest shape that holds every step: row lengths from what is wanted up to `longestRow` are tried, and what
 * a step costs is counted in multiply-adds. `microBatches` parts a step's rows.
 */
export function choosePacking(
  steps: Iterable<readonly Turn[]>,
  options: {
    /** Turns of the longest kind that a row must have room for, unless it would be too long. */
    readonly turnsPerRow: number;
    readonly longestRow: number;
    readonly cost: TokenCost;
    readonly microBatches: number;
  },
): Packing {
  const all = [...steps];
  const longest = largest(all.flat().map(({ tokens }) => tokens.length));
  const wanted = Math.max(longest, Math.min(longest * options.turnsPerRow, options.longestRow));
  const least = Math.ceil(wanted / SEQUENCE_STEP) * SEQUENCE_STEP;
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

function shapeFor(steps: readonly (readonly Turn[])[], sequence: number, microBatches: number): Packing {
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

/** A step's turns as micro-batches of the packing's shape; rows and scored places left over count nothing. */
export function packBatches(turns: readonly Turn[], { shape }: Packing, padId: number): readonly Batch[] {
  return parts(packRows(turns, shape.sequence), shape.batch).map((rows) => {
    const writer = new BatchWriter(shape, padId);
    rows.forEach((row, index) => {
      writer.writeRow(row, index * shape.sequence);
    });
    return writer.batch;
  });
}

class BatchWriter {
  readonly batch: Required<Batch>;
  #place = 0;

  constructor({ batch, sequence, scored }: PackedShape, padId: number) {
    const size = batch * sequence;
    this.batch = {
      tokens: new BigInt64Array(size).fill(BigInt(padId)),
      targets: new BigInt64Array(scored).fill(BigInt(padId)),
      mask: new Float32Array(scored),
      scored: new BigInt64Array(scored),
      packing: {
        positions: new BigInt64Array(size),
        // What is left over is a dialogue of its own, which nothing scored looks at.
        segments: new BigInt64Array(size).fill(-1n),
      },
    };
  }

  writeRow(row: Row, start: number): void {
    let at = start;
    let segment = -1n;
    let position = 0n;
    let dialogue = new Set<string>();
    let end: number | undefined;
    const write = (token: number): void => {
      this.batch.tokens[at] = BigInt(token);
      this.batch.packing.positions[at] = position++;
      this.batch.packing.segments[at] = segment;
      at += 1;
    };
    for (const turn of row) {
      if (turn.chained && end !== undefined && !dialogue.has(turn.id)) write(end);
      else {
        segment += 1n;
        position = 0n;
        dialogue = new Set();
      }
      dialogue.add(turn.id);
      for (const [index, token] of turn.tokens.entries()) {
        if (turn.scored[index]) this.#score(at, turn.targets[index] ?? 0, turn.weight);
        write(token);
      }
      end = turn.targets.at(-1);
    }
  }

  #score(at: number, target: number, weight: number): void {
    this.batch.scored[this.#place] = BigInt(at);
    this.batch.targets[this.#place] = BigInt(target);
    this.batch.mask[this.#place] = weight;
    this.#place += 1;
  }
}
