import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { launch } from "puppeteer-core";
import type { ReadFile } from "../src/model/folder.ts";
import { createNodeModel, diskFolder } from "../src/model/node.ts";
import { readTiny } from "../src/model/testing/tiny-folder.ts";
import { findFirefox } from "../tools/browsers.ts";
import type { ProofPage } from "./proof/page.ts";
import { type Proof, prove } from "./proof/prove.ts";
import { type ProofServer, SEED_MODEL, startProofServer } from "./proof/server.ts";

declare const proofPage: ProofPage;

let server: ProofServer;
let expected: Readonly<Record<"tiny" | "seed", Proof>>;

test.beforeAll(async () => {
  server = await startProofServer();
  expected = { tiny: await proofInNode(readTiny), seed: await proofInNode(diskFolder(SEED_MODEL)) };
});
test.afterAll(() => server.close());

async function proofInNode(folder: ReadFile): Promise<Proof> {
  const node = await createNodeModel(folder, 1);
  const proof = await prove(node.trainer, node.evaluator);
  await node.release();
  return proof;
}

const RUNS = [
  { model: "tiny", threads: 1 },
  { model: "tiny", threads: 2 },
  { model: "seed", threads: 2 },
] as const;

for (const { model, threads } of RUNS) {
  test(`Chromium computes the same bits as Node: ${model} model, threads: ${threads}`, async ({ page }) => {
    await page.goto(server.url);
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
    const proof = await page.evaluate((places) => proofPage.prove(places), server.places(model, threads));
    expect(proof).toEqual(expected[model]);
  });

  test(`Firefox computes the same bits as Node: ${model} model, threads: ${threads}`, async () => {
    const executablePath = findFirefox() ?? "firefox";
    const browser = await launch({ browser: "firefox", headless: true, executablePath });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      const proof = await page.evaluate((places) => proofPage.prove(places), server.places(model, threads));
      expect(proof).toEqual(expected[model]);
    } finally {
      await browser.close();
    }
  });
}

test("A step replayed alone gives the checkpoint that the record names", () => {
  for (const { checkpoints, replayedCheckpoint, replayedRun } of Object.values(expected)) {
    expect(checkpoints).toHaveLength(5);
    expect(new Set(checkpoints).size).toBe(5);
    expect(replayedCheckpoint).toBe(checkpoints.at(-1));
    expect(replayedRun).toBe("same");
  }
});

test("Node computes the same bits with two threads as with one", async () => {
  const script = fileURLToPath(new URL("proof/node.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--import",
    "tsx",
    script,
    SEED_MODEL,
    "2",
  ]);
  expect(JSON.parse(stdout)).toEqual(expected.seed);
});

test("the inference worker answers in Chromium as the same engine does in Node", async ({ page }) => {
  await page.goto(server.url);
  const answer = await page.evaluate((places) => proofPage.answer(places, "hello"), server.places("tiny", 1));
  const node = await createNodeModel(readTiny, 1);
  await node.inference.load();
  const { text } = await node.inference.generate(
    { messages: [{ role: "user", content: "hello" }], maxTokens: 16, temperature: 0, seed: 1 },
    () => undefined,
  );
  await node.release();
  expect(answer).toEqual({ text, provider: "wasm" });
});

test("WebGPU evaluates, decodes and trains to 1e-3 of WebAssembly", async ({ page }) => {
  await page.goto(server.url);
  const comparison = await page.evaluate((places) => proofPage.compareGpu(places), server.places("tiny", 1));
  for (const { difference, largest } of Object.values(comparison)) {
    expect(largest).toBeGreaterThan(0.01);
    expect(difference).toBeLessThan(1e-3);
  }
});
