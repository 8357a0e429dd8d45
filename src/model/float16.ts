/** IEEE 754 binary16 and bfloat16 to and from float32, by bits: Float16Array is not in every engine yet. */

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** Value of a binary16 pattern. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Nearest binary16 pattern (ties to even); beyond its range infinity. */
export function toFloat16(value: number): number {
  floats[0] = value;
  const pattern = bits[0] ?? 0;
  const sign = (pattern >>> 16) & 0x8000;
  const magnitude = pattern & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | roundedSubnormal(magnitude);
  const rebased = magnitude - 0x38000000;
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

/** Multiples of 2^-24 for magnitudes below 2^-14. */
function roundedSubnormal(magnitude: number): number {
  bits[0] = magnitude;
  const units = (floats[0] ?? 0) * 2 ** 24;
  const down = Math.floor(units);
  const rest = units - down;
  if (rest > 0.5 || (rest === 0.5 && down % 2 === 1)) return down + 1;
  return down;
}

let values: Float32Array | undefined;

/** Values of binary16 patterns, by a table of all of them. */
export function fromFloat16s(patterns: Uint16Array): Float32Array {
  values ??= Float32Array.from({ length: 65_536 }, (_, pattern) => fromFloat16(pattern));
  const data = new Float32Array(patterns.length);
  for (let index = 0; index < data.length; index++) data[index] = values[patterns[index] ?? 0] ?? 0;
  return data;
}

/** Values of bfloat16 patterns: the upper halves of float32. */
export function fromBfloat16s(patterns: Uint16Array): Float32Array {
  const words = new Uint32Array(patterns.length);
  for (let index = 0; index < words.length; index++) words[index] = (patterns[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}
