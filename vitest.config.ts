import { defineConfig } from "vitest/config";

const TIDY = "tools/tidy.test.ts";

const shared = {
  environment: "node",
  // Some suites start a chain, a relay or a model runtime, and the slowest machine has two shared cores.
  testTimeout: 90_000,
  hookTimeout: 120_000,
} as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          include: ["{src,relay,cli,tools,vectors,bench}/**/*.test.ts"],
          exclude: [TIDY],
        },
      },
      { test: { ...shared, name: "simulation", include: ["sim/**/*.test.ts"] } },
      { test: { ...shared, name: "tidy", include: [TIDY] } },
    ],
  },
});
