import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium, findFirefox, installDebianPackages } from "./browsers.ts";
import { runChecks } from "./check.ts";
import {
  type Counts,
  countsOfRun,
  forgeCounts,
  playwrightCounts,
  sumCounts,
  vitestCounts,
} from "./counts.ts";
import {
  failureReport,
  localBinary,
  runStep,
  type Step,
  type StepResult,
  stepLine,
  stopStepsOnSignals,
} from "./step.ts";

/** Contracts before unit: a unit test compares what they compile to, and finds them compiled. */
const SUITES = ["build", "check", "contracts", "unit", "simulation", "e2e"] as const;
type Suite = (typeof SUITES)[number];

const USAGE = `usage: npm test -- [suite…]
suites: ${SUITES.join(", ")} (none named: all, in this order; e2e builds first)`;

/** An older dist/ must not stand in for a build that failed. */
let built = false;

const reports = mkdtempSync(join(tmpdir(), "parley-test-"));

const runners: Record<Suite, () => Promise<Counts>> = {
  build: async () => {
    const counts = await run({ name: "build", command: "npm", arguments: ["run", "build"] }, single);
    built = counts.failed === 0;
    return counts;
  },
  check: async () => sumCounts((await runChecks(print)).map(({ ok }) => (ok ? PASSED : FAILED))),
  unit: () => vitest("unit"),
  simulation: () => vitest("simulation"),
  contracts: async () =>
    sumCounts([
      await run({ name: "contracts", command: localBinary("forge"), arguments: ["test"] }, ({ output }) =>
        forgeCounts(output),
      ),
      await run(
        { name: "gas", command: localBinary("tsx"), arguments: ["tools/contracts/gas.ts", "--check"] },
        single,
      ),
    ]),
  e2e: async () => {
    if (!built) {
      print(stepLine("e2e", false, 0, "not run: the build failed"));
      return FAILED;
    }
    const report = join(reports, "e2e.json");
    const step: Step = {
      name: "e2e",
      command: localBinary("playwright"),
      arguments: ["test", "--reporter=list,json"],
      environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
      limitMs: 32 * 60_000,
    };
    return run(step, () => readReport(report, playwrightCounts));
  },
};

const PASSED: Counts = { passed: 1, failed: 0 };
const FAILED: Counts = { passed: 0, failed: 1 };

function single({ ok }: StepResult): Counts {
  return ok ? PASSED : FAILED;
}

function vitest(project: Suite): Promise<Counts> {
  const report = join(reports, `${project}.json`);
  const step: Step = {
    name: project,
    command: localBinary("vitest"),
    arguments: [
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    // Four minutes on two cores: a machine at a third of their speed is not refused for it.
    limitMs: 20 * 60_000,
  };
  return run(step, () => readReport(report, vitestCounts));
}

async function run(step: Step, count: (result: StepResult) => Counts): Promise<Counts> {
  const result = await runStep(step);
  const counts = countsOfRun(result.ok, count(result));
  const ok = counts.failed === 0;
  print(stepLine(step.name, ok, result.durationMs, `${counts.passed} passed, ${counts.failed} failed`));
  if (!ok) print(failureReport(result));
  for (const line of runnerSummary(result.output)) print(`       ${line}`);
  return counts;
}

const SUMMARY_LINE =
  /^\s*(Test Files|Tests) {2}\d|^Ran \d+ test suites?|^\s*\d+ (passed|failed|flaky|skipped|did not run)/;

/** The lines in which vitest, forge and Playwright sum up. */
function runnerSummary(output: string): string[] {
  return output
    .split("\n")
    .filter((line) => SUMMARY_LINE.test(line))
    .map((line) => line.trim());
}

function readReport(path: string, count: (report: unknown) => Counts): Counts {
  return existsSync(path) ? count(JSON.parse(readFileSync(path, "utf8"))) : FAILED;
}

/** Paths of the browsers for everything that this run starts; on a bare Debian they are installed first. */
async function provideBrowsers(): Promise<void> {
  if ((await findChromium()) === undefined) installDebianPackages(["chromium"]);
  if (findFirefox() === undefined) installDebianPackages(["firefox-esr"]);
  const chromium = await findChromium();
  const firefox = findFirefox();
  if (chromium !== undefined) process.env.PARLEY_CHROMIUM = chromium;
  if (firefox !== undefined) process.env.PARLEY_FIREFOX = firefox;
  print(
    `browsers: ${chromium ?? "no Chromium found (set PARLEY_CHROMIUM)"}, ${firefox ?? "no Firefox found"}`,
  );
}

function print(line: string): void {
  console.log(line);
}

function isSuite(name: string): name is Suite {
  return SUITES.some((suite) => suite === name);
}

/** The suites to run, in their order. Those that need the built app get the build. */
function pick(names: readonly string[]): Suite[] | undefined {
  if (!names.every(isSuite)) return undefined;
  const wanted = new Set<Suite>(names.length === 0 ? SUITES : names.filter(isSuite));
  if (wanted.has("e2e")) wanted.add("build");
  return SUITES.filter((suite) => wanted.has(suite)).filter(hasTests);
}

function hasTests(suite: Suite): boolean {
  if (suite !== "simulation") return true;
  return readdirSync("sim", { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".test.ts"));
}

async function main(): Promise<number> {
  const suites = pick(process.argv.slice(2));
  if (suites === undefined) {
    console.error(USAGE);
    return 2;
  }
  stopStepsOnSignals();
  if (suites.some((suite) => suite === "unit" || suite === "e2e")) await provideBrowsers();
  const counts: Counts[] = [];
  for (const suite of suites) counts.push(await runners[suite]());
  rmSync(reports, { recursive: true, force: true });
  const { passed, failed } = sumCounts(counts);
  print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
