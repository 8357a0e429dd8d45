import { describe, expect, it } from "vitest";
import { privacyAcceptance } from "../../../ports/acceptance/privacy.ts";
import { ORDERS, RenyiAccountant, toEpsilon } from "./accountant.ts";
import { integratedLogMoment, sampledGaussianDivergence } from "./renyi.ts";

describe("Rényi divergence of the sampled Gaussian", () => {
  it("without sampling is alpha / (2 sigma²)", () => {
    expect(sampledGaussianDivergence(7.5, 1, 2)).toBe(7.5 / 8);
  });

  // dp_accounting of google/differential-privacy: rate 0.01, noise 2.5, 50 steps; its test holds them to 1e-4.
  it.each([
    [2.5, 1.0854871e-3],
    [5, 2.18075656e-3],
    [50, 2.38460375e-2],
    [100, 1.67416308e2],
  ])("at order %d is what a published accountant has", (alpha, expected) => {
    expect((50 * sampledGaussianDivergence(alpha, 0.01, 2.5)) / expected).toBeCloseTo(1, 3);
  });

  it("at small rates is alpha · rate² · (exp(1 / sigma²) − 1) / 2, for fractions of an order too", () => {
    for (const alpha of [1.1, 1.5, 2, 7.3]) {
      const leading = (alpha * 1e-8 * Math.expm1(1 / 2.5 ** 2)) / 2;
      expect(sampledGaussianDivergence(alpha, 1e-4, 2.5) / leading).toBeCloseTo(1, 2);
    }
  });

  it("at whole orders equals the integral that defines it", () => {
    for (const alpha of [2, 3, 8, 31, 64]) {
      for (const rate of [0.001, 0.04, 0.3, 0.9]) {
        for (const sigma of [0.5, 1, 2.7, 10]) {
          const integral = integratedLogMoment(alpha, rate, sigma) / (alpha - 1);
          const sum = sampledGaussianDivergence(alpha, rate, sigma);
          expect(Math.abs(sum - integral)).toBeLessThan(1e-10 * Math.max(1, integral));
        }
      }
    }
  });

  it("dominates the divergence the other way round, so that a pair more or less is the same", () => {
    // D(N(0, sigma²) ‖ mixture) by the same rule, written out: rate 0.2, sigma 1.3, order 4.
    const [alpha, rate, sigma, step] = [4, 0.2, 1.3, 0.01];
    let reverse = 0;
    for (let z = -30; z <= 30; z += step) {
      const density = Math.exp((-z * z) / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI));
      const ratio = 1 - rate + rate * Math.exp((2 * z - 1) / (2 * sigma * sigma));
      reverse += density * ratio ** (1 - alpha) * step;
    }
    const forward = sampledGaussianDivergence(alpha, rate, sigma);
    expect(Math.log(reverse) / (alpha - 1)).toBeLessThan(forward);
  });
});

describe("conversion to epsilon", () => {
  it("gives the values of published accountants", () => {
    const whole = Array.from({ length: 31 }, (_, index) => index + 2);
    const constant = whole.map(() => 1.1);
    expect(toEpsilon(constant, whole, 1e-5)).toBeCloseTo(1.32783806176, 10);
    // Noise that makes one release (1, 1e-6)-private.
    const fine = Array.from({ length: 98_999 }, (_, index) => 1 + (index + 1) / 1_000);
    const gaussian = fine.map((alpha) => alpha / (2 * 4.530877117 ** 2));
    expect(toEpsilon(gaussian, fine, 1e-6)).toBeCloseTo(1, 7);
  });

  it("of DP-SGD is what Opacus has: noise 1.5, rate 0.04, 90 epochs, delta 1e-5", () => {
    const orders = ORDERS.filter((alpha) => alpha <= 63 && alpha !== 11);
    const divergences = orders.map((alpha) => 2_250 * sampledGaussianDivergence(alpha, 0.04, 1.5));
    expect(toEpsilon(divergences, orders, 1e-5)).toBeCloseTo(7.32911117143, 8);
    const run = { noiseMultiplierMilli: 1_500, batchSize: 4, pairCount: 100, steps: 2_250 };
    expect(new RenyiAccountant().epsilonMicro([run], 10_000)).toBe(7_329_113);
  });
});

describe("accountant", () => {
  privacyAcceptance(() => new RenyiAccountant());
});
