import { expect, test } from "@playwright/test";
import { Soak } from "../tools/soak/soak.ts";

const FAULTS = [
  "signed",
  "taught",
  "tab killed",
  "tab reloaded",
  "tab cut off",
  "relay stopped",
  "peer killed",
];

test("tabs and peers that die, reload and lose each other end with one state, and lose nothing", async ({
  browser,
}) => {
  test.setTimeout(900_000);
  const said: string[] = [];
  const report = await new Soak(browser, {
    tabs: 4,
    donors: 2,
    steady: 1,
    peers: 3,
    minutes: 0.6,
    epochSeconds: 40,
    seed: 7,
    print: (line) => said.push(line),
  }).run();
  test.info().annotations.push({ type: "soak", description: JSON.stringify(report.faults) });
  for (const fault of FAULTS) expect(report.faults, said.join("\n")).toHaveProperty(fault);
  expect(report.different, said.join("\n")).toEqual([]);
  expect(report.lost, said.join("\n")).toEqual([]);
  expect(report.signed).toBeGreaterThan(0);
  expect(report.epochs).toBeGreaterThan(0);
});
