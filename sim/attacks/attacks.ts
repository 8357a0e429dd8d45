/**
 * What colluding liars send in place of honest deltas, as plain vectors in real units. They see every honest delta of the
 * round before they answer, which is more than any node of the network does: commits hide deltas until the reveal.
 */
export interface AttackInput {
  /** Deltas of the honest nodes in this round, at least one, all of one length. */
  readonly honest: readonly Float64Array[];
  readonly liars: number;
  /** What each liar would send if it were honest; as many as there are liars. */
  readonly own: readonly Float64Array[];
  /** What each liar gets by training on data that it poisoned. */
  readonly poisoned: readonly Float64Array[];
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** One vector a liar. */
export type Attack = (input: AttackInput) => readonly Float64Array[];

export const ATTACK_NAMES = [
  "sign-flip",
  "scaled-noise",
  "backdoor",
  "inner-product",
  "small-and-many",
] as const;
export type AttackName = (typeof ATTACK_NAMES)[number];

/** Gradient ascent: each liar trains honestly and sends the opposite, at the same length. */
export const signFlip: Attack = ({ own }) => own.map((vector) => scaled(vector, -1));

/** Gaussian noise, `factor` times as long as honest deltas: what the clip norm is for. */
export function scaledNoise(factor = 10): Attack {
  return ({ honest, liars, random }) => {
    const length = factor * medianNorm(honest);
    const size = honest[0]?.length ?? 0;
    return times(liars, () =>
      withNorm(
        Float64Array.from({ length: size }, () => gaussian(random)),
        length,
      ),
    );
  };
}

/** Deltas of poisoned training as long as honest ones, so that no norm gives them away (Bagdasaryan et al. 2018, 1807.00459). */
export const backdoor: Attack = ({ honest, poisoned }) => {
  const length = medianNorm(honest);
  return poisoned.map((vector) => withNorm(vector, length));
};

/** −ε · mean of the honest deltas from all liars alike ("Fall of empires", Xie et al. 2019, arXiv:1903.03936). */
export function innerProduct(epsilon = 0.5): Attack {
  return ({ honest, liars }) => {
    const vector = scaled(meanOf(honest), -epsilon);
    return times(liars, () => vector);
  };
}

/**
 * Mean − z · standard deviation in every place from all liars alike, z as large as the honest deltas' own spread hides
 * ("A little is enough", Baruch et al. 2019, arXiv:1902.06156).
 */
export function smallAndMany(z?: number): Attack {
  return ({ honest, liars }) => {
    const strength = z ?? hiddenStrength(honest.length + liars, liars);
    const mean = meanOf(honest);
    const deviation = deviationOf(honest, mean);
    const vector = mean.map((value, i) => value - strength * (deviation[i] ?? 0));
    return times(liars, () => vector);
  };
}

export const ATTACKS: Readonly<Record<AttackName, Attack>> = {
  "sign-flip": signFlip,
  "scaled-noise": scaledNoise(),
  backdoor,
  "inner-product": innerProduct(),
  "small-and-many": smallAndMany(),
};

/** z with Φ(z) = (n − f − s) / (n − f), s = ⌊n/2⌋ + 1 − f honest nodes that must seem further out than the liars. */
function hiddenStrength(nodes: number, liars: number): number {
  const supporters = Math.floor(nodes / 2) + 1 - liars;
  return normalQuantile((nodes - liars - supporters) / (nodes - liars));
}

/** By bisection of Φ, itself by Simpson's rule: exact enough for an attack. */
function normalQuantile(probability: number): number {
  let [low, high] = [-6, 6];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function normalDistribution(z: number): number {
  const steps = 200;
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(z);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 0 ? 2 : 4) * density((z * i) / steps);
  return 0.5 + (sum * z) / (3 * steps);
}

function meanOf(vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) vector.forEach((value, i) => void add(sum, i, value));
  return scaled(sum, 1 / vectors.length);
}

function deviationOf(vectors: readonly Float64Array[], mean: Float64Array): Float64Array {
  const sum = new Float64Array(mean.length);
  for (const vector of vectors) vector.forEach((value, i) => void add(sum, i, (value - (mean[i] ?? 0)) ** 2));
  return sum.map((value) => Math.sqrt(value / vectors.length));
}

function add(sum: Float64Array, place: number, value: number): void {
  sum[place] = (sum[place] ?? 0) + value;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

function medianNorm(vectors: readonly Float64Array[]): number {
  const norms = vectors.map(norm).sort((a, b) => a - b);
  return norms[norms.length >> 1] ?? 0;
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  return vector.map((value) => value * factor);
}

function withNorm(vector: Float64Array, length: number): Float64Array {
  const now = norm(vector);
  return now === 0 ? vector : scaled(vector, length / now);
}

/** Box and Muller 1958. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
