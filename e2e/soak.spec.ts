import { expect, test } from "@playwright/test";
import { Soak } from "../tools/soak/soak.ts";

test("tabs and peers that die, reload and lose each other end with one state, and lose nothing", async ({
  browser,
}) => {
  test.setTimeout(900_000);
  const said: string[] = [];
  const report = await new Soak(browser, {
    tabs: 5,
    donors: 2,
    peers: 3,
    minutes: 1.5,
    epochSeconds: 40,
    seed: 7,
    print: (line) => said.push(line),
  }).run();
  test.info().annotations.push({ type: "soak", description: JSON.stringify(report.faults) });
  expect(report.different, said.join("\n")).toEqual([]);
  expect(report.lost, said.join("\n")).toEqual([]);
  expect(report.signed).toBeGreaterThan(0);
  expect(report.epochs).toBeGreaterThan(0);
});
