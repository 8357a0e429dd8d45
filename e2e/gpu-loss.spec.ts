import { expect, test } from "@playwright/test";
import type { ProofPage } from "./proof/page.ts";
import { type ProofServer, startProofServer } from "./proof/server.ts";

declare const proofPage: ProofPage;

let server: ProofServer;
test.beforeAll(async () => {
  server = await startProofServer();
});
test.afterAll(() => server.close());

test("an answer goes on where the graphics card that wrote it is lost", async ({ page }) => {
  await page.goto(server.url);
  const loss = await page.evaluate((places) => proofPage.loseGpu(places), server.places("tiny", 1));
  expect(loss.providers).toEqual(["webgpu", "wasm", "wasm"]);
  expect(loss.undisturbed.length).toBeGreaterThan(5);
  expect(loss.interrupted).toBe(loss.undisturbed);
  expect(loss.afterwards).toBe(loss.undisturbed);
});
