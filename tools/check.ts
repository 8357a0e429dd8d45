import { existsSync, readdirSync } from "node:fs";
import { forgeBinary } from "./contracts/forge.ts";
import {
  failureReport,
  localBinary,
  runStep,
  type Step,
  type StepResult,
  stepLine,
  stopStepsOnSignals,
} from "./step.ts";

const SOLIDITY = "contracts/**/*.sol";

/** Every static check of the repository, in the order of `npm run check`. */
export function checkSteps(): Step[] {
  const steps: Step[] = [
    step("format", "biome", "format", "."),
    step("lint", "biome", "lint", "--error-on-warnings", "."),
  ];
  if (hasSolidity()) {
    steps.push(
      step("format contracts", "prettier", "--check", SOLIDITY),
      // --disc: no look-up of a newer version, --noPoster: no advertisement.
      step("lint contracts", "solhint", "--disc", "--noPoster", "--max-warnings", "0", SOLIDITY),
      {
        name: "forge lint",
        command: forgeBinary() ?? localBinary("forge"),
        arguments: ["lint", "--deny", "warnings"],
      },
    );
  }
  for (const project of ["tsconfig.json", "src/core/tsconfig.json", "src/tsconfig.sw.json"]) {
    if (existsSync(project)) steps.push(step(`types ${project}`, "tsc", "-p", project));
  }
  const folders = ["src", "relay", "cli", "sim", "bench", "e2e", "tools", "vectors"].filter(existsSync);
  const configs = readdirSync(".").filter((name) => name.endsWith(".config.ts"));
  steps.push(
    step("layers", "depcruise", "--config", ".dependency-cruiser.mjs", ...folders, ...configs),
    step("unused code", "knip"),
    step("sizes", "tsx", "tools/sizes.ts"),
    step("tidy", "vitest", "run", "--project", "tidy"),
  );
  return steps;
}

function step(name: string, binary: string, ...rest: string[]): Step {
  return { name, command: localBinary(binary), arguments: rest };
}

function hasSolidity(): boolean {
  return readdirSync("contracts", { recursive: true, encoding: "utf8" }).some((name) =>
    name.endsWith(".sol"),
  );
}

/** Runs all checks, also after a failure; one line each, the full output of those that failed. */
export async function runChecks(print: (line: string) => void): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const check of checkSteps()) {
    const result = await runStep(check);
    results.push(result);
    print(stepLine(result.name, result.ok, result.durationMs));
    if (!result.ok) print(failureReport(result));
  }
  return results;
}

if (process.argv[1] === import.meta.filename) {
  stopStepsOnSignals();
  const results = await runChecks((line) => console.log(line));
  const failed = results.filter((result) => !result.ok).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
