import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { trainingPlan } from "../../src/app/learning/training-plan.ts";
import { localParameters } from "../../src/core/presets.ts";
import { parseBenchmark } from "../../src/model/benchmark.ts";
import { parseConfig } from "../../src/model/llama/config.ts";
import { checkFile, manifestFiles, parseManifest } from "../../src/model/manifest.ts";
import { createNodeModel } from "../../src/model/node.ts";
import { encodePair } from "../../src/model/text/chat.ts";
import { buildBenchmark, buildCorrections } from "./benchmark.ts";
import { measureCorrections, readCorrections } from "./corrections.ts";
import { CONFIG, EVALUATION, MODEL_FOLDER, TRAINING } from "./settings.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const FOLDER = path.join(ROOT, MODEL_FOLDER);
const read = (name: string) => new Uint8Array(readFileSync(path.join(FOLDER, name)));
const manifest = parseManifest(read("model.json"));
const node = await createNodeModel(FOLDER);
afterAll(() => node.release());

describe("public/model", () => {
  test.each(manifestFiles(manifest))("$path is the file that model.json names", (file) => {
    expect(checkFile(file, read(file.path))).toHaveLength(file.bytes);
  });

  test("is small enough to be checked in and loaded on a phone", () => {
    const bytes = readdirSync(FOLDER).map((name) => statSync(path.join(FOLDER, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8 * 1024 * 1024);
  });

  test("has the sizes of settings.ts", () => {
    expect(parseConfig(JSON.parse(readFileSync(path.join(FOLDER, "config.json"), "utf8")))).toEqual(CONFIG);
    expect(manifest.lora.seed).toBe(manifest.files.weights.cid);
  });

  test("has the benchmark and the corrections that the corpus gives, all short enough", async () => {
    const benchmark = parseBenchmark(read("benchmark.json"));
    const corrections = await readCorrections(ROOT);
    expect(benchmark).toEqual(buildBenchmark());
    expect(corrections).toEqual(buildCorrections());
    expect(benchmark.sequences.length).toBeGreaterThanOrEqual(32);
    expect(benchmark.sequences.length).toBeLessThanOrEqual(48);
    const tokens = (pair: { prompt: string; answer: string }) =>
      encodePair(node.model.tokenizer, pair).tokens.length;
    for (const pair of benchmark.sequences)
      expect(tokens(pair)).toBeLessThanOrEqual(EVALUATION.sequenceTokens);
    for (const pair of corrections) expect(tokens(pair)).toBeLessThanOrEqual(TRAINING.sequenceTokens);
  });
});

describe("the seed model", () => {
  test("answers the first questions of a newcomer", async () => {
    await node.inference.load();
    const ask = async (content: string) =>
      (
        await node.inference.generate(
          { messages: [{ role: "user", content }], maxTokens: 64, temperature: 0, seed: 1 },
          () => {},
        )
      ).text;
    expect(await ask("hi")).toMatch(/^H(ello|i)/);
    expect(await ask("What is an epoch?")).toMatch(/^An epoch is one round of the network/);
    expect(await ask("how do i vote")).toMatch(/^Open the Vote page/);
    expect(await ask("what is the capital of Japan")).toMatch(/^That is outside what I know/);
  });

  test("a dozen steps on users' corrections lower the loss on them and on the benchmark", async () => {
    const { deltaClipNormMicro, deltaNormBoundMicro } = localParameters(`0x${"0".repeat(40)}`);
    const pairs = (await readCorrections(ROOT)).slice(0, 4);
    const plan = { ...trainingPlan(pairs.length), steps: 12, learningRatePpm: 2_000, known: [], seed: 1 };
    const { report } = await measureCorrections(node, pairs, plan, deltaClipNormMicro);
    expect(report.adoptedPairsLossMicroNats).toBeLessThan(report.pairsLossBeforeMicroNats);
    expect(report.adoptedUtilityPpm).toBeGreaterThan(5_000);
    expect(report.normMicro).toBeLessThan(deltaNormBoundMicro);
  }, 90_000);
});
