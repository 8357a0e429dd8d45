import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("docs/parameters.md has the parameters and presets as they are", () => {
  const table = execFileSync("node", ["--import", "tsx", "tools/parameter-table.ts"], { encoding: "utf8" });
  expect(readFileSync("docs/parameters.md", "utf8").split("\n")).toEqual(
    expect.arrayContaining(table.trim().split("\n")),
  );
});
