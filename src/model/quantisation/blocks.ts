import { failure } from "../../core/errors.ts";
import { fromFloat16, toFloat16 } from "../float16.ts";

/** Values of a row that share a scale: neighbours along the inputs of a product. */
export const BLOCK = 32;

/** Bits of a code; its zero point is the middle of its range, so that codes are symmetric about it. */
export type QuantisedForm = "int8" | "int4";

/**
 * A matrix of `rows` outputs by `columns` inputs (a multiple of 32) in blocks of 32 inputs: value = (code − zero) · scale,
 * zero 128 (int8) or 8 (int4). The layout is that of MatMulNBits and GatherBlockQuantized of ONNX Runtime: row after row,
 * int4 two to a byte, the first in the low half. Scales are binary16 values: with codes of at most eight bits each product
 * is exact in float32, so every machine gets the same floats back.
 */
export interface QuantisedMatrix {
  readonly form: QuantisedForm;
  readonly rows: number;
  readonly columns: number;
  /** rows × columns (int8) or rows × columns / 2 (int4). */
  readonly codes: Uint8Array;
  /** rows × columns / 32. */
  readonly scales: Float32Array;
}

/** Floats as a matrix of outputs by inputs, in whichever order they lie: element (row, column) at row·rowStep + column·columnStep. */
export interface MatrixView {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** Largest code above the zero point, and the zero point. */
const LEVELS = { int8: { most: 127, zero: 128 }, int4: { most: 7, zero: 8 } } as const;

/** Whether a matrix of so many inputs can be cut into blocks. */
export const hasBlocks = (columns: number): boolean => columns % BLOCK === 0;

/** Bytes of `count` codes. */
export const codeBytes = (form: QuantisedForm, count: number): number =>
  form === "int8" ? count : count / 2;

/**
 * Rounds each value to the nearest code, ties to even. int8: the scale is the block's largest magnitude / 127, so no value
 * moves by more than half a step. int4: of largest magnitude / 7 and (largest value, signed) / −8, whichever gives the
 * smaller squared error. Quantising the result again changes nothing where scales are normal numbers of binary16 (≥ 2^-14).
 * Errors: model-weights (a value is not finite or beyond the scales of binary16; columns are no multiple of 32).
 */
export function quantise(form: QuantisedForm, view: MatrixView): QuantisedMatrix {
  const { rows, columns } = view;
  if (!hasBlocks(columns)) {
    throw failure("model-weights", "A row does not fill its blocks.", `a multiple of ${BLOCK}`, `${columns}`);
  }
  const blocks = (rows * columns) / BLOCK;
  const codes = new Uint8Array(codeBytes(form, rows * columns));
  const scales = new Float32Array(blocks);
  const values = new Float32Array(BLOCK);
  const perRow = columns / BLOCK;
  for (let block = 0; block < blocks; block++) {
    readBlock(view, Math.floor(block / perRow), (block % perRow) * BLOCK, values);
    const scale = scaleOf(form, values);
    scales[block] = scale;
    writeCodes(form, values, scale, codes, block);
  }
  return { form, rows, columns, codes, scales };
}

function readBlock(view: MatrixView, row: number, column: number, values: Float32Array): void {
  const from = row * view.rowStep + column * view.columnStep;
  for (let index = 0; index < BLOCK; index++) values[index] = view.data[from + index * view.columnStep] ?? 0;
}

function scaleOf(form: QuantisedForm, values: Float32Array): number {
  let extreme = 0;
  for (const value of values) {
    if (!Number.isFinite(value))
      throw failure("model-weights", "A weight is not a number.", "finite", `${value}`);
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  }
  if (extreme === 0) return 0;
  const { most } = LEVELS[form];
  const plain = halfScale(Math.abs(extreme) / most, Math.abs(extreme) / (most + 0.5));
  if (form === "int8") return plain;
  const wide = halfScale(extreme / -(most + 1), 0);
  return squaredError(form, values, wide) < squaredError(form, values, plain) ? wide : plain;
}

/** The binary16 value nearest to `scale`, moved away from 0 until its size is at least `least`. */
function halfScale(scale: number, least: number): number {
  let pattern = toFloat16(scale);
  while (Math.abs(fromFloat16(pattern)) < least) pattern += 1;
  const half = fromFloat16(pattern);
  if (Number.isFinite(half)) return half;
  throw failure("model-weights", "A weight is too large for a block's scale.", "≤ 65504", `${scale}`);
}

function squaredError(form: QuantisedForm, values: Float32Array, scale: number): number {
  let sum = 0;
  for (const value of values) {
    const error = value - levelOf(form, value, scale) * scale;
    sum += error * error;
  }
  return sum;
}

/** 1.5 · 2^52: adding it leaves a double no fraction bits, and IEEE 754 rounds ties to even. */
const NO_FRACTION = 6_755_399_441_055_744;

/** The code of a value, less the zero point. */
function levelOf(form: QuantisedForm, value: number, scale: number): number {
  if (scale === 0) return 0;
  const { most } = LEVELS[form];
  const nearest = value / scale + NO_FRACTION - NO_FRACTION;
  return Math.max(-most - 1, Math.min(most, nearest));
}

function writeCodes(
  form: QuantisedForm,
  values: Float32Array,
  scale: number,
  codes: Uint8Array,
  block: number,
): void {
  const { zero } = LEVELS[form];
  const code = (index: number) => levelOf(form, values[index] ?? 0, scale) + zero;
  if (form === "int8") {
    for (let index = 0; index < BLOCK; index++) codes[block * BLOCK + index] = code(index);
    return;
  }
  const half = BLOCK / 2;
  for (let pair = 0; pair < half; pair++)
    codes[block * half + pair] = code(2 * pair) | (code(2 * pair + 1) << 4);
}

/** The values, rows × columns, row-major: exact, the same on every machine. */
export function dequantise({ form, rows, columns, codes, scales }: QuantisedMatrix): Float32Array {
  const data = new Float32Array(rows * columns);
  const { zero } = LEVELS[form];
  for (let index = 0; index < data.length; index++) {
    const code = form === "int8" ? (codes[index] ?? 0) : ((codes[index >> 1] ?? 0) >> ((index & 1) * 4)) & 15;
    data[index] = (code - zero) * (scales[Math.floor(index / BLOCK)] ?? 0);
  }
  return data;
}
