import { z } from "zod";

/** How many tests of a suite passed and failed. A skipped test is a promise that nobody checked: it counts as failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const vitestReport = z.object({
  success: z.boolean(),
  numTotalTests: z.number(),
  numPassedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

/** Counts of vitest's JSON report; a file that did not load counts as one failure. */
export function vitestCounts(report: unknown): Counts {
  const parsed = vitestReport.parse(report);
  const broken = parsed.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  return { passed: parsed.numPassedTests, failed: parsed.numTotalTests - parsed.numPassedTests + broken };
}

const playwrightReport = z.object({
  errors: z.array(z.unknown()),
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
});

/** Counts of Playwright's JSON report; errors outside tests (a file that did not load) count as one failure each. */
export function playwrightCounts(report: unknown): Counts {
  const { stats, errors } = playwrightReport.parse(report);
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length };
}

/** Counts in forge's last line: `Ran 3 test suites in 1.2s (2s CPU time): 14 tests passed, 0 failed, 0 skipped (14 total tests)`. */
export function forgeCounts(output: string): Counts {
  const totals = [
    ...output.matchAll(/: (\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/g),
  ].at(-1);
  if (totals === undefined) return { passed: 0, failed: 1 };
  return { passed: Number(totals[1]), failed: Number(totals[2]) + Number(totals[3]) };
}

export function sumCounts(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    {
      passed: 0,
      failed: 0,
    },
  );
}

/** What a run counts for: a runner that failed without naming a failed test still failed. */
export function countsOfRun(ok: boolean, counts: Counts): Counts {
  if (ok || counts.failed > 0) return counts;
  return { passed: counts.passed, failed: 1 };
}
