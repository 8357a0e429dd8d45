/**
 * Rényi divergence bound of one step of the sampled Gaussian mechanism (noise multiplier `sigma`, Poisson sampling rate
 * `rate`) at order alpha > 1, in nats. Without sampling it is alpha / (2 · sigma²) (Mironov, arXiv:1702.07476); with it,
 * ln A(alpha) / (alpha − 1) (Mironov, Talwar & Zhang, arXiv:1908.10530): section 3.3's finite sum for whole orders, which
 * holds for the discrete Gaussian to the letter, and the integral of its definition for others. For those the discrete
 * Gaussian differs by a factor whose logarithm is below 2^-1000, since its grid is 2^-20 of the deviation.
 */
export function sampledGaussianDivergence(alpha: number, rate: number, sigma: number): number {
  if (rate === 1) return alpha / (2 * sigma * sigma);
  const logMoment = Number.isInteger(alpha)
    ? wholeLogMoment(alpha, rate, sigma)
    : integratedLogMoment(alpha, rate, sigma);
  // Rounding must not turn a divergence negative.
  return Math.max(0, logMoment) / (alpha - 1);
}

/** ln Σ_k C(alpha, k) · (1 − rate)^(alpha − k) · rate^k · exp((k² − k) / (2 sigma²)). */
function wholeLogMoment(alpha: number, rate: number, sigma: number): number {
  const terms: number[] = [];
  let logBinomial = 0;
  for (let k = 0; k <= alpha; k++) {
    if (k > 0) logBinomial += Math.log((alpha - k + 1) / k);
    const logProbability = (alpha - k) * Math.log1p(-rate) + k * Math.log(rate);
    terms.push(logBinomial + logProbability + (k * k - k) / (2 * sigma * sigma));
  }
  return logSum(terms);
}

/** Beyond this many deviations a Gaussian's mass is below 1e-40. */
const TAIL = 14;

/**
 * ln ∫ N(z; 0, sigma²) · (1 − rate + rate · exp((2z − 1) / (2 sigma²)))^alpha dz by the trapezoidal rule, which converges
 * exponentially for analytic integrands (Trefethen & Weideman, SIAM Review 56, 2014). The mass lies between 0 and alpha.
 */
export function integratedLogMoment(alpha: number, rate: number, sigma: number): number {
  const step = Math.min(sigma / 8, (sigma * sigma) / 4);
  const from = -TAIL * sigma;
  const count = Math.ceil((alpha + 2 * TAIL * sigma) / step);
  const terms = Array.from({ length: count + 1 }, (_, index) => {
    const z = from + index * step;
    const exponent = (2 * z - 1) / (2 * sigma * sigma);
    const logRatio = logSum([Math.log1p(-rate), Math.log(rate) + exponent]);
    return alpha * logRatio - (z * z) / (2 * sigma * sigma);
  });
  return logSum(terms) + Math.log(step / (sigma * Math.sqrt(2 * Math.PI)));
}

/** ln Σ exp(terms), without overflow. */
function logSum(terms: readonly number[]): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const term of terms) largest = Math.max(largest, term);
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - largest);
  return largest + Math.log(sum);
}
