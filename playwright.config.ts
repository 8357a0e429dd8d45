import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./tools/browsers.ts";

const executablePath = await findChromium();

export default defineConfig({
  testDir: "e2e",
  // Four tabs that train and verify fill the two cores of the slowest machine: one test at a time.
  workers: 1,
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
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    launchOptions: {
      args: [...chromiumFlags],
      ...(executablePath === undefined ? {} : { executablePath }),
    },
  },
});
