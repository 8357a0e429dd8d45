/**
 * How much of each contract its tests run: `npm run coverage` prints a table and fails when a contract is below
 * FLOOR_PERCENT of its lines or its branches. forge's own binary, since npm's wrapper hides its exit status.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absolute, forgeBinary } from "./forge.ts";
import { type Coverage, coverageTable, readLcov, shortfalls } from "./lcov.ts";

const FLOOR_PERCENT = 95;

// Without the optimiser, which coverage switches off, neither gas budgets nor sizes hold.
const LEFT_OUT = [
  "--no-match-path",
  "contracts/*Gas.t.sol",
  "--no-match-test",
  "testEveryContractFitsAChain",
];

function measure(forge: string): readonly Coverage[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), "parley-coverage-"));
  try {
    const report = join(folder, "lcov.info");
    const args = ["coverage", ...LEFT_OUT, "--report", "lcov", "--report-file", report];
    const { status } = spawnSync(forge, args, { cwd: absolute("."), stdio: ["ignore", "ignore", "inherit"] });
    return status === 0 ? readLcov(readFileSync(report, "utf8")) : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(): number {
  const forge = forgeBinary();
  if (forge === undefined) {
    process.stderr.write("forge is not installed for this platform (@foundry-rs/forge)\n");
    return 1;
  }
  const measured = measure(forge);
  if (measured === undefined) {
    process.stderr.write("the tests failed: `npm test -- contracts` says why\n");
    return 1;
  }
  process.stdout.write(coverageTable(measured));
  const below = shortfalls(measured, FLOOR_PERCENT);
  for (const line of below) process.stderr.write(`${line}\n`);
  return below.length === 0 ? 0 : 1;
}

process.exitCode = main();
