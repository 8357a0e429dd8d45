import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainingPair } from "../../../ports/chat.ts";
import { loadModel, type Model } from "../../folder.ts";
import { buildEvaluationGraph } from "../../llama/evaluation-graph.ts";
import { buildPreferenceGraph } from "../../llama/preference-graph.ts";
import { factorSpecs } from "../../llama/sources.ts";
import { encodeModel } from "../../onnx/encode.ts";
import { type Feeds, float32, int64, type Runtime } from "../../runtime/runtime.ts";
import { installedRuntime, nodeWasmRuntime } from "../../runtime/wasm-node.ts";
import { SeededIntegers } from "../../seeded.ts";
import { readTiny } from "../../testing/tiny-folder.ts";
import type { Example } from "../../text/chat.ts";
import { Optimizer } from "../optimizer.ts";
import { floats } from "../state.ts";
import { packJudgements, preferenceShape } from "./batch.ts";
import { encodeJudgements, type Judgement, rowsOf } from "./judgements.ts";
import { PreferenceObjective } from "./objective.ts";

const PAIRS: readonly TrainingPair[] = [
  { prompt: "hello", answer: "hello there", rejected: "go away" },
  { prompt: "who may veto?", answer: "the guardian", rejected: "nobody may, and nobody ever will" },
  { prompt: "thanks", answer: "any time" },
];
const UNWANTED: readonly TrainingPair[] = [{ prompt: "what is an epoch?", answer: "no idea" }];
const BETA = 0.1;

let model: Model;
let runtime: Runtime;
let judgements: readonly Judgement[];
const open: { release(): Promise<void> }[] = [];
beforeAll(async () => {
  model = await loadModel(readTiny);
  runtime = await nodeWasmRuntime(1, await installedRuntime());
  judgements = encodeJudgements(model.tokenizer, { pairs: PAIRS, unwanted: UNWANTED }, 48);
});
afterAll(async () => {
  for (const session of open) await session.release();
});

type Factors = ReadonlyMap<string, Float32Array>;

function factors(label: string, size: number): Factors {
  const draw = new SeededIntegers(label);
  return new Map(
    factorSpecs(model.config, model.manifest.lora).map(({ name, shape: [rank = 0, outputs = 0] }) => [
      name,
      Float32Array.from({ length: rank * outputs }, () => (draw.fraction() - 0.5) * size),
    ]),
  );
}

const feedsOf = (values: Factors): Feeds =>
  Object.fromEntries(
    factorSpecs(model.config, model.manifest.lora).map(({ name, shape }) => [
      name,
      float32(values.get(name) ?? new Float32Array(), shape),
    ]),
  );

function graphFor(count: number) {
  const shape = preferenceShape(judgements, count, 8);
  const { config, weights, manifest } = model;
  return buildPreferenceGraph(config, { mode: "lora", weights, lora: manifest.lora, ...shape, beta: BETA });
}

async function objective(before: Factors, count: number, supervision = 0): Promise<PreferenceObjective> {
  const options = { runtime, judgements, before: feedsOf(before), supervision, padId: 0 };
  const created = await PreferenceObjective.create({ ...options, graph: graphFor(count) });
  open.push(created);
  return created;
}

/** ln p of an answer, from the evaluation graph's logits in float64. */
async function likelihood(values: Factors, example: Example): Promise<number> {
  const { config, weights, manifest } = model;
  const sequence = example.tokens.length;
  const graph = buildEvaluationGraph(config, { batch: 1, sequence, weights, lora: manifest.lora });
  const session = await runtime.createSession(await encodeModel(graph));
  const ids = (list: readonly number[]) => int64(BigInt64Array.from(list, BigInt), [1, sequence]);
  const feeds = { tokens: ids(example.tokens), targets: ids(example.targets), ...feedsOf(values) };
  const logits = floats(await session.run(feeds), "logits");
  await session.release();
  return example.targets.reduce((sum, target, position) => {
    if (!example.scored[position]) return sum;
    const row = Array.from(
      logits.subarray(position * config.vocabularySize, (position + 1) * config.vocabularySize),
    );
    const total = row.reduce((all, logit) => all + Math.exp(logit), 0);
    return sum + (row[target] ?? Number.NaN) - Math.log(total);
  }, 0);
}

async function difference(values: Factors, { wanted, unwanted }: Judgement): Promise<number> {
  const up = wanted === undefined ? 0 : await likelihood(values, wanted);
  return up - (unwanted === undefined ? 0 : await likelihood(values, unwanted));
}

describe("judgements", () => {
  it("are comparisons, single wanted and single unwanted answers", () => {
    expect(judgements.map((one) => [one.wanted !== undefined, one.unwanted !== undefined])).toEqual([
      [true, true],
      [true, true],
      [true, false],
      [false, true],
    ]);
  });

  it("compare answers to the same piece of a long question", () => {
    const [cut] = encodeJudgements(
      model.tokenizer,
      { pairs: [{ prompt: "why? ".repeat(30), answer: "b", rejected: "c".repeat(30) }], unwanted: [] },
      48,
    );
    const questions = rowsOf(cut ?? {}).map(({ tokens, scored }) =>
      tokens.slice(0, scored.indexOf(true) + 1),
    );
    expect(questions).toHaveLength(2);
    expect(questions[0]).toEqual(questions[1]);
    expect(questions[0]?.length).toBeGreaterThan(10);
  });
});

describe("preference graph", () => {
  it("has the loss of its definition, with the differences of the evaluation graph", async () => {
    const graph = graphFor(4);
    const session = await runtime.createSession(await encodeModel(graph.graph));
    open.push(session);
    const values = factors("now", 0.4);
    const references = [-3, 2, -20, 15];
    const referenced = judgements.map((one, index) => ({ ...one, reference: references[index] ?? 0 }));
    const packed = packJudgements(referenced, graph, { supervision: 0.5, padId: 0 });
    const results = await session.run({ ...packed, ...feedsOf(values) });
    let expected = 0;
    for (const [index, judgement] of judgements.entries()) {
      const exact = await difference(values, judgement);
      expect(results.differences?.data[index]).toBeCloseTo(exact, 3);
      expected += Math.log1p(Math.exp(-BETA * (exact - (references[index] ?? 0))));
      if (judgement.wanted === undefined) continue;
      const count = judgement.wanted.scored.filter(Boolean).length;
      expected -= (0.5 * (await likelihood(values, judgement.wanted))) / count;
    }
    expect(results.lossSum?.data[0]).toBeCloseTo(expected, 3);
    expect(results.weightSum?.data[0]).toBe(4);
  });

  it("of a margin of 0, 10 and −10 at beta 0.1 is ln 2, ln(1 + 1/e) and ln(1 + e); huge margins stay finite", async () => {
    const graph = graphFor(1);
    const session = await runtime.createSession(await encodeModel(graph.graph));
    open.push(session);
    const [judgement = {}] = judgements;
    const loss = async (reference: number): Promise<number> => {
      const packed = packJudgements([{ ...judgement, reference }], graph, { supervision: 0, padId: 0 });
      return floats(await session.run({ ...packed, ...feedsOf(factors("now", 0.4)) }), "lossSum")[0] ?? 0;
    };
    const own = await difference(factors("now", 0.4), judgement);
    expect(await loss(own)).toBeCloseTo(Math.LN2, 4);
    expect(await loss(own - 10)).toBeCloseTo(0.313262, 4);
    expect(await loss(own + 10)).toBeCloseTo(1.313262, 4);
    expect(await loss(own + 1e5)).toBeCloseTo(1e4, 0);
    expect(await loss(own - 1e5)).toBe(0);
  });

  it("has gradients that agree with finite differences", async () => {
    const source = await objective(factors("before", 0.4), 4, 0.5);
    const values = factors("now", 0.4);
    const all = [0, 1, 2, 3];
    const { gradients } = await source.gradients(all, feedsOf(values));
    const draw = new SeededIntegers("elements");
    const step = 1 / 64;
    for (const [name, gradient] of gradients) {
      const element = draw.below(gradient.length);
      const losses: number[] = [];
      for (const sign of [1, -1]) {
        const moved = new Map(Array.from(values, ([key, data]) => [key, data.slice()]));
        const data = moved.get(name);
        if (data !== undefined) data[element] = (data[element] ?? 0) + sign * step;
        losses.push((await source.gradients(all, feedsOf(moved))).lossSum);
      }
      const slope = ((losses[0] ?? 0) - (losses[1] ?? 0)) / (2 * step);
      expect(Math.abs((gradient[element] ?? 0) - slope)).toBeLessThan(0.002 + 0.02 * Math.abs(slope));
    }
    expect(Math.max(...Array.from(gradients.values(), (gradient) => Math.max(...gradient)))).toBeGreaterThan(
      0.05,
    );
  });
});

describe("learning preferences", () => {
  interface Trained {
    readonly before: { loss: number; margin: number; agreeing: number };
    readonly after: { loss: number; margin: number; agreeing: number };
    readonly parameters: Factors;
  }

  async function train(batch: number, supervision: number): Promise<Trained> {
    const start = factors("before", 0.1);
    const source = await objective(start, batch, supervision);
    const { lora } = model.manifest;
    const optimizer = await Optimizer.create(runtime, factorSpecs(model.config, lora), start);
    open.push(optimizer);
    const before = await source.measure(optimizer.state.parameterFeeds());
    const passes = 20;
    for (let step = 0; step < (passes * source.count) / batch; step++) {
      const first = (step * batch) % source.count;
      const indices = Array.from({ length: batch }, (_, index) => (first + index) % source.count);
      const { gradients, weightSum } = await source.gradients(indices, optimizer.state.parameterFeeds());
      await optimizer.step(gradients, weightSum, 0.02);
    }
    const parameters = optimizer.state.parameters();
    return { before, after: await source.measure(optimizer.state.parameterFeeds()), parameters };
  }

  it("raises the margin from 0 and lowers the loss, in batches of any size", async () => {
    for (const batch of [1, 3, 4]) {
      const { before, after } = await train(batch, 0);
      expect(before.loss).toBeCloseTo(Math.LN2, 5);
      expect(before.margin).toBeCloseTo(0, 4);
      expect(after.loss).toBeLessThan(0.75 * before.loss);
      expect(after.margin).toBeGreaterThan(5);
      expect(after.agreeing).toBe(1);
    }
  });

  it("with supervision keeps wanted answers at least as likely as before", async () => {
    const { parameters } = await train(4, 1);
    for (const { wanted } of judgements) {
      if (wanted === undefined) continue;
      expect(await likelihood(parameters, wanted)).toBeGreaterThan(
        await likelihood(factors("before", 0.1), wanted),
      );
    }
  });

  it("gives the same bits every time", async () => {
    expect((await train(2, 0.5)).parameters).toEqual((await train(2, 0.5)).parameters);
  });

  it("refuses to learn from nothing", async () => {
    const options = { runtime, judgements: [], before: {}, supervision: 0, padId: 0 };
    await expect(PreferenceObjective.create({ ...options, graph: graphFor(1) })).rejects.toMatchObject({
      data: { code: "no-pairs" },
    });
  });
});
