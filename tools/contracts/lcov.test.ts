import { expect, test } from "vitest";
import { coverageTable, readLcov, shortfalls } from "./lcov.ts";

function record(path: string, lines: readonly [number, number], branches: readonly [number, number]): string {
  return [
    "TN:",
    `SF:${path}`,
    "DA:7,3",
    `LF:${lines[1]}`,
    `LH:${lines[0]}`,
    "BRDA:9,0,0,-",
    `BRF:${branches[1]}`,
    `BRH:${branches[0]}`,
    "end_of_record\n",
  ].join("\n");
}

test("contracts are read, tests and their helpers are not", () => {
  const report = [
    record("contracts/Claims.sol", [97, 97], [19, 20]),
    record("contracts/test/Network.sol", [1, 90], [0, 9]),
    record("contracts/libraries/Manifest.t.sol", [1, 30], [0, 0]),
  ].join("");
  expect(readLcov(report)).toEqual([
    { path: "contracts/Claims.sol", lines: { run: 97, all: 97 }, branches: { run: 19, all: 20 } },
  ]);
});

test("a contract at the floor passes, one below it is named with what it lacks", () => {
  const at = readLcov(record("contracts/Claims.sol", [95, 100], [19, 20]));
  expect(shortfalls(at, 95)).toEqual([]);
  const lines = readLcov(record("contracts/Claims.sol", [94, 100], [20, 20]));
  expect(shortfalls(lines, 95)).toEqual(["contracts/Claims.sol: 94 of 100 lines are tested, less than 95 %"]);
  const branches = readLcov(record("contracts/Claims.sol", [100, 100], [18, 19]));
  expect(shortfalls(branches, 95)).toEqual([
    "contracts/Claims.sol: 18 of 19 branches are tested, less than 95 %",
  ]);
});

test("a file without branches lacks none, a report without contracts is a failure", () => {
  const files = readLcov(record("contracts/libraries/EpochRoots.sol", [6, 6], [0, 0]));
  expect(shortfalls(files, 95)).toEqual([]);
  expect(coverageTable(files)).toContain("| contracts/libraries/EpochRoots.sol | 100.0 % (6 of 6) | none |");
  expect(shortfalls(readLcov(""), 95)).toEqual(["the report names no contract"]);
});
