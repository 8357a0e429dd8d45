import { expect, test } from "vitest";
import { countsOfRun, forgeCounts, playwrightCounts, sumCounts, vitestCounts } from "./counts.ts";

test("vitest: skipped tests and files that did not load count as failed", () => {
  const report = {
    success: false,
    numTotalTests: 5,
    numPassedTests: 3,
    testResults: [
      { status: "passed", assertionResults: [{}, {}, {}] },
      { status: "failed", assertionResults: [{}, {}] },
      { status: "failed", assertionResults: [] },
    ],
  };
  expect(vitestCounts(report)).toEqual({ passed: 3, failed: 3 });
});

test("Playwright: flaky, skipped and load errors count as failed", () => {
  const report = { errors: [{}], stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 1 } };
  expect(playwrightCounts(report)).toEqual({ passed: 4, failed: 4 });
});

test("forge: the last totals line counts; none means a failed run", () => {
  const output = `Suite result: ok. 2 passed; 0 failed; 0 skipped
Ran 2 test suites in 9.98ms (8.01ms CPU time): 12 tests passed, 1 failed, 2 skipped (15 total tests)`;
  expect(forgeCounts(output)).toEqual({ passed: 12, failed: 3 });
  expect(forgeCounts("Error: compiler run failed")).toEqual({ passed: 0, failed: 1 });
});

test("a runner that ends badly without a failed test counts one failure", () => {
  expect(countsOfRun(false, { passed: 7, failed: 0 })).toEqual({ passed: 7, failed: 1 });
  expect(countsOfRun(false, { passed: 7, failed: 2 })).toEqual({ passed: 7, failed: 2 });
  expect(countsOfRun(true, { passed: 7, failed: 0 })).toEqual({ passed: 7, failed: 0 });
});

test("counts add up over suites", () => {
  const suites = [
    { passed: 1, failed: 0 },
    { passed: 2, failed: 3 },
  ];
  expect(sumCounts(suites)).toEqual({ passed: 3, failed: 3 });
});
