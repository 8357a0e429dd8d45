import { floorDiv } from "../fixed-point/integers.ts";
import { ADAPTER_EXPONENT, type Delta, type DeltaTensor, type SparseTensor } from "../primitives.ts";
import { type AnyTensor, isSparse } from "./tensors.ts";

/** Inner products of all pairs of deltas, symmetric. */
export type Products = readonly (readonly bigint[])[];

/**
 * Exact inner products of the deltas' values before clipping, in units of 2^-40. Distances follow from them, and so does
 * everything that multi-Krum and centred clipping need to know. Time grows with pairs × values; memory is one block.
 */
export function innerProducts(deltas: readonly Delta[]): Products {
  const products = deltas.map(() => deltas.map(() => 0n));
  const tensorCount = deltas[0]?.tensors.length ?? 0;
  for (let index = 0; index < tensorCount; index++) {
    const rows = deltas.map(({ tensors }) => tensors[index]);
    addTensor(products, rows);
  }
  return products;
}

interface Row<T> {
  readonly row: number;
  readonly tensor: T;
}

function addTensor(products: bigint[][], tensors: readonly (AnyTensor | undefined)[]): void {
  const dense: Row<DeltaTensor>[] = [];
  const sparse: Row<SparseTensor>[] = [];
  tensors.forEach((tensor, row) => {
    if (tensor === undefined) return;
    if (isSparse(tensor)) sparse.push({ row, tensor });
    else dense.push({ row, tensor });
  });
  const add = (a: Row<AnyTensor>, b: Row<AnyTensor>, product: number) => {
    const shift = a.tensor.exponent + b.tensor.exponent - 2 * ADAPTER_EXPONENT;
    const value = BigInt(product) << BigInt(shift);
    addAt(products, a.row, b.row, value);
    if (a.row !== b.row) addAt(products, b.row, a.row, value);
  };
  addDense(dense, add);
  addSparse(sparse, dense, add);
}

function addAt(products: bigint[][], row: number, column: number, value: bigint): void {
  const line = products[row];
  if (line !== undefined) line[column] = (line[column] ?? 0n) + value;
}

type Add = (a: Row<AnyTensor>, b: Row<AnyTensor>, product: number) => void;

/** One sparse tensor at a time is spread out; the others are read at their own places only. */
function addSparse(sparse: readonly Row<SparseTensor>[], dense: readonly Row<DeltaTensor>[], add: Add): void {
  const [shape] = sparse.map(({ tensor }) => tensor.shape);
  if (shape === undefined) return;
  const spread = new Int8Array(shape[0] * shape[1]);
  sparse.forEach((a, i) => {
    const { indices, values } = a.tensor;
    for (let at = 0; at < indices.length; at++) spread[indices[at] ?? 0] = values[at] ?? 0;
    for (const b of sparse.slice(i)) add(a, b, productAt(b.tensor, spread));
    for (const b of dense) add(a, b, productAt(a.tensor, b.tensor.data));
    for (const place of indices) spread[place] = 0;
  });
}

function productAt({ indices, values }: SparseTensor, data: Int8Array): number {
  let sum = 0;
  for (let at = 0; at < indices.length; at++) sum += (values[at] ?? 0) * (data[indices[at] ?? 0] ?? 0);
  return sum;
}

/** Values of a block: two sums of 1,024 · 127² < 2^24.1 share one 64-bit float, 2^26 apart. */
const BLOCK = 1_024;
const FIELD = 2 ** 26;
const HALF_FIELD = 2 ** 25;
/** Rows that one pass of the inner loop takes on each side. */
const TILE = 4;

/**
 * Two rows are packed into one number, a + b · 2^26, so that one multiplication gives two products: all numbers stay integers
 * below 2^51. Four rows meet four others in each pass, which keeps eight sums in registers.
 */
function addDense(rows: readonly Row<DeltaTensor>[], add: Add): void {
  const length = rows[0]?.tensor.data.length ?? 0;
  const padded = rows.length + ((TILE - (rows.length & (TILE - 1))) & (TILE - 1));
  const sums = new Float64Array(padded * padded);
  const single = new Float64Array(padded * BLOCK);
  const packed = new Float64Array((padded >> 1) * BLOCK);
  for (let start = 0; start < length; start += BLOCK) {
    fillBlock(rows, start, single, packed);
    for (let a = 0; a < padded; a += TILE) {
      for (let b = a; b < padded; b += TILE) addTile(sums, padded, single, packed, a, b);
    }
  }
  for (let a = 0; a < rows.length; a++) {
    for (let b = a; b < rows.length; b++) {
      const [first, second] = [rows[a], rows[b]];
      if (first !== undefined && second !== undefined) add(first, second, sums[a * padded + b] ?? 0);
    }
  }
}

function fillBlock(
  rows: readonly Row<DeltaTensor>[],
  start: number,
  single: Float64Array,
  packed: Float64Array,
): void {
  rows.forEach(({ tensor: { data } }, row) => {
    const at = row * BLOCK;
    for (let i = 0; i < BLOCK; i++) single[at + i] = data[start + i] ?? 0;
  });
  for (let pair = 0; pair * 2 < rows.length; pair++) {
    const at = pair * 2 * BLOCK;
    for (let i = 0; i < BLOCK; i++) {
      packed[pair * BLOCK + i] = (single[at + i] ?? 0) + (single[at + BLOCK + i] ?? 0) * FIELD;
    }
  }
}

function addTile(
  sums: Float64Array,
  stride: number,
  single: Float64Array,
  packed: Float64Array,
  a: number,
  b: number,
): void {
  const p0 = packed.subarray((a >> 1) * BLOCK, (a >> 1) * BLOCK + BLOCK);
  const p1 = packed.subarray(((a >> 1) + 1) * BLOCK, ((a >> 1) + 1) * BLOCK + BLOCK);
  const s0 = single.subarray(b * BLOCK, (b + 1) * BLOCK);
  const s1 = single.subarray((b + 1) * BLOCK, (b + 2) * BLOCK);
  const s2 = single.subarray((b + 2) * BLOCK, (b + 3) * BLOCK);
  const s3 = single.subarray((b + 3) * BLOCK, (b + 4) * BLOCK);
  let [x0, x1, x2, x3, y0, y1, y2, y3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < BLOCK; i++) {
    const u = p0[i] ?? 0;
    const v = p1[i] ?? 0;
    const c0 = s0[i] ?? 0;
    const c1 = s1[i] ?? 0;
    const c2 = s2[i] ?? 0;
    const c3 = s3[i] ?? 0;
    x0 += u * c0;
    x1 += u * c1;
    x2 += u * c2;
    x3 += u * c3;
    y0 += v * c0;
    y1 += v * c1;
    y2 += v * c2;
    y3 += v * c3;
  }
  unpack(sums, a * stride + b, stride, x0);
  unpack(sums, a * stride + b + 1, stride, x1);
  unpack(sums, a * stride + b + 2, stride, x2);
  unpack(sums, a * stride + b + 3, stride, x3);
  unpack(sums, (a + 2) * stride + b, stride, y0);
  unpack(sums, (a + 2) * stride + b + 1, stride, y1);
  unpack(sums, (a + 2) * stride + b + 2, stride, y2);
  unpack(sums, (a + 2) * stride + b + 3, stride, y3);
}

/** Adds the lower field at `at` and the upper one a line further down. */
function unpack(sums: Float64Array, at: number, stride: number, both: number): void {
  const upper = floorDiv(both + HALF_FIELD, FIELD);
  sums[at] = (sums[at] ?? 0) + (both - upper * FIELD);
  sums[at + stride] = (sums[at + stride] ?? 0) + upper;
}
