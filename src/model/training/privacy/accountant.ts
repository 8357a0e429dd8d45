import { failure } from "../../../core/errors.ts";
import { LIMITS } from "../../../core/limits.ts";
import type {
  PrivacyAccount,
  PrivacyAccountant,
  PrivacyBudget,
  PrivacyMechanism,
  PrivacySpending,
} from "../../../ports/privacy.ts";
import { sampledGaussianDivergence } from "./renyi.ts";

const MICRO = 1_000_000;
const MILLI = 1_000;
const BILLION = 1_000_000_000;

/** Orders at which divergences are kept: dense where large ε are best converted, sparse where small ones are. */
export const ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, index) => 1 + (index + 1) / 10),
  ...Array.from({ length: 53 }, (_, index) => 11 + index),
  ...[64, 80, 96, 128, 192, 256, 384, 512],
];

/**
 * ε at `delta` of divergences by order. Source: Canonne, Kamath & Steinke (arXiv:2004.00010), proposition 12, which is
 * Balle et al. (arXiv:1905.10123), theorem 21.
 */
export function toEpsilon(divergences: readonly number[], orders: readonly number[], delta: number): number {
  const candidates = orders.map((alpha, index) => {
    const divergence = divergences[index] ?? Number.POSITIVE_INFINITY;
    return divergence + Math.log1p(-1 / alpha) - (Math.log(delta) + Math.log(alpha)) / (alpha - 1);
  });
  return Math.max(0, Math.min(...candidates));
}

/** Composes runs by adding their Rényi divergences, order by order (Mironov, arXiv:1702.07476, proposition 1). */
export class RenyiAccountant implements PrivacyAccountant {
  /** Divergences of one step, by mechanism: they are asked for again and again. */
  readonly #steps = new Map<string, readonly number[]>();

  epsilonMicro(spent: readonly PrivacySpending[], deltaBillionths: number): number {
    for (const run of spent) check(run, deltaBillionths);
    return this.#epsilonMicro(this.#compose(spent), deltaBillionths);
  }

  account(spent: readonly PrivacySpending[], run: PrivacySpending, budget: PrivacyBudget): PrivacyAccount {
    const { epsilonMicro, deltaBillionths } = budget;
    const spentMicro = this.epsilonMicro(spent, deltaBillionths);
    check(run, deltaBillionths);
    const before = this.#compose(spent);
    const one = this.#oneStep(run);
    const after = (steps: number): number => {
      const all = before.map((divergence, index) => divergence + steps * (one[index] ?? 0));
      return steps === 0 ? spentMicro : this.#epsilonMicro(all, deltaBillionths);
    };
    const totalMicro = after(run.steps);
    return {
      spentMicro,
      runMicro: totalMicro - spentMicro,
      leftMicro: Math.max(0, epsilonMicro - totalMicro),
      fits: totalMicro <= epsilonMicro,
      largestSteps: largest((steps) => after(steps) <= epsilonMicro),
    };
  }

  #compose(spent: readonly PrivacySpending[]): number[] {
    const total = ORDERS.map(() => 0);
    for (const run of spent) {
      this.#oneStep(run).forEach((divergence, index) => {
        total[index] = (total[index] ?? 0) + run.steps * divergence;
      });
    }
    return total;
  }

  #oneStep({ noiseMultiplierMilli, batchSize, pairCount }: PrivacyMechanism): readonly number[] {
    const rate = Math.min(1, batchSize / pairCount);
    const key = `${noiseMultiplierMilli}/${rate}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const sigma = noiseMultiplierMilli / MILLI;
    const divergences = ORDERS.map((alpha) => sampledGaussianDivergence(alpha, rate, sigma));
    this.#steps.set(key, divergences);
    return divergences;
  }

  /** Rounded up, and one more for what float64 may have lost. Nothing trained is nothing spent. */
  #epsilonMicro(divergences: readonly number[], deltaBillionths: number): number {
    if (divergences.every((divergence) => divergence === 0)) return 0;
    return Math.ceil(toEpsilon(divergences, ORDERS, deltaBillionths / BILLION) * MICRO) + 1;
  }
}

/** The largest number of steps, up to the limit, for which `fits` holds; it holds for fewer if for more. */
function largest(fits: (steps: number) => boolean): number {
  if (!fits(0)) return 0;
  let low = 0;
  let high = LIMITS.privacySteps + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function check(run: PrivacySpending, deltaBillionths: number): void {
  const { noiseMultiplierMilli, batchSize, pairCount, steps } = run;
  within("noise multiplier, in thousandths,", noiseMultiplierMilli, 100, LIMITS.privacyNoiseMultiplierMilli);
  within("number of pairs", pairCount, 1, LIMITS.privacyPairs);
  within("batch size", batchSize, 1, pairCount);
  within("number of steps", steps, 0, LIMITS.privacySteps);
  // At δ of 1 / pairs and more, giving a whole pair away would count as private.
  within("delta, in billionths,", deltaBillionths, 1, Math.ceil(BILLION / pairCount) - 1);
}

function within(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw failure("privacy-settings", `The ${what} is out of range.`, `${least} to ${most}`, `${value}`);
}
