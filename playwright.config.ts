import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./tools/browsers.ts";

const executablePath = await findChromium();

/** Specs in which several nodes close epochs. */
const NETWORK = /(ballots|epoch|faults|node-peers|soak|tamper)\.spec\.ts/;

export default defineConfig({
  testDir: "e2e",
  // Tabs that train and verify against a clock fill the two cores of the slowest machine: one such test at a time, and beside it
  // one of those that wait for nothing but the page.
  workers: 2,
  projects: [
    { name: "network", workers: 1, testMatch: NETWORK },
    { name: "page", workers: 1, testIgnore: NETWORK },
  ],
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: "list",
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    headless: true,
    trace: "off",
    screenshot: "only-on-failure",
    actionTimeout: 60_000,
    navigationTimeout: 120_000,
    launchOptions: {
      args: [...chromiumFlags],
      ...(executablePath === undefined ? {} : { executablePath }),
    },
  },
});
