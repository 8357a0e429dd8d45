import { describe, expect, it } from "vitest";
import { applyDelta, emptyAdapter } from "../../../../src/core/artifacts/adapter.ts";
import type { Adapter, Delta } from "../../../../src/core/primitives.ts";
import { evaluatorAcceptance } from "../../../../src/ports/acceptance/evaluator.ts";
import { trainerAcceptance } from "../../../../src/ports/acceptance/trainer.ts";
import { simulatedGenesis } from "../../../genesis.ts";
import { placesOf, SYMBOLS } from "./alphabet.ts";
import { ownPairs } from "./corpus.ts";
import { TinyEvaluator } from "./evaluator.ts";
import { expOfNegative, lnOfAtLeastOne } from "./exact-math.ts";
import { PARAMETERS, pass } from "./network.ts";
import { quantise } from "./quantise.ts";
import { tinyModel } from "./tiny.ts";
import { TinyTrainer } from "./trainer.ts";

const genesis = simulatedGenesis({ model: "tiny" });
const zero = emptyAdapter(genesis);
const adapter: Adapter = {
  ...zero,
  tensors: zero.tensors.map((tensor) => ({ ...tensor, data: tensor.data.map((_, i) => (i % 7) << 15) })),
};
const misfit: Adapter = { ...zero, tensors: zero.tensors.slice(1) };

describe("exp and ln out of exact operations", () => {
  it("agree with the engine's own to 14 digits", () => {
    for (let x = 0; x > -40; x -= 0.137) {
      expect(Math.abs(expOfNegative(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
    }
    for (let x = 1; x < 40; x += 0.093) {
      expect(Math.abs(lnOfAtLeastOne(x) - Math.log(x))).toBeLessThan(1e-14);
    }
    expect(expOfNegative(-1e9)).toBe(0);
  });
});

describe("the tiny model", () => {
  it("has the gradient of its loss", () => {
    const places = placesOf(ownPairs("somebody", 1).slice(0, 3));
    const at = Float64Array.from({ length: PARAMETERS }, (_, i) => ((i * 37) % 11) / 20 - 0.25);
    const gradient = new Float64Array(PARAMETERS);
    pass(at, places, { gradient });
    for (const i of [0, 5, 100, 191, 192, 300, PARAMETERS - 1]) {
      const step = 1e-5;
      const lossAt = (change: number) => pass(at.with(i, (at[i] ?? 0) + change), places).loss;
      expect(gradient[i]).toBeCloseTo((lossAt(step) - lossAt(-step)) / (2 * step), 6);
    }
  });

  it("knows nothing at first: about as much as an even guess among all symbols", () => {
    expect(Math.abs(tinyModel.model.baseMetrics.lossMicroNats / 1e6 - Math.log(SYMBOLS))).toBeLessThan(0.1);
  });

  it("always measures the same to the last digit", () => {
    expect(tinyModel.model.baseMetrics).toEqual({ lossMicroNats: 3_486_742, accuracyPpm: 16_733 });
    expect(tinyModel.measure(adapter).metrics).toEqual({ lossMicroNats: 3_510_240, accuracyPpm: 15_394 });
  });

  it("is taught by nodes that know different things", () => {
    const train = (node: number): Delta => tinyModel.train(null, `node ${node}`, 1);
    const losses = [0, 1, 2].map(
      (node) => tinyModel.measure(applyDelta(zero, train(node))).metrics.lossMicroNats,
    );
    for (const loss of losses) expect(loss).toBeLessThan(tinyModel.model.baseMetrics.lossMicroNats - 200_000);
    expect(new Set(losses).size).toBe(3);
    expect(train(1)).toEqual(train(1));
  });

  it("cannot send what is no number", () => {
    expect(() => quantise(new Float64Array(PARAMETERS).fill(Number.NaN))).toThrow(/does not fit/);
  });
});

describe("Evaluator: tiny", () => {
  evaluatorAcceptance(async () => ({ evaluator: new TinyEvaluator(), adapter, misfit }));
});

describe("Trainer: tiny", () => {
  trainerAcceptance(async () => ({
    trainer: new TinyTrainer(genesis),
    evaluator: new TinyEvaluator(),
    tensors: genesis.model.tensors,
    zero,
  }));
});
