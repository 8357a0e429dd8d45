/** A long run of a whole network under faults. Usage: npm run soak -- [--tabs N] [--peers N] [--minutes M] … */
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { chromiumFlags, findChromium } from "../../tools/browsers.ts";
import { Soak, type SoakReport } from "./soak.ts";

const MEBIBYTE = 1024 * 1024;
/** A heap may hold what came meanwhile (epochs, messages); more than this is a leak. */
const ALLOWED_GROWTH_BYTES = 24 * MEBIBYTE;

const { values } = parseArgs({
  options: {
    tabs: { type: "string", default: "30" },
    donors: { type: "string", default: "6" },
    steady: { type: "string", default: "2" },
    peers: { type: "string", default: "5" },
    minutes: { type: "string", default: "15" },
    "epoch-seconds": { type: "string", default: "90" },
    seed: { type: "string", default: "1" },
  },
});

const startMs = Date.now();
const executablePath = await findChromium();
const browser = await chromium.launch({
  args: [...chromiumFlags],
  ...(executablePath === undefined ? {} : { executablePath }),
});
try {
  const report = await new Soak(browser, {
    tabs: Number(values.tabs),
    donors: Number(values.donors),
    steady: Number(values.steady),
    peers: Number(values.peers),
    minutes: Number(values.minutes),
    epochSeconds: Number(values["epoch-seconds"]),
    seed: Number(values.seed),
    print: (line) => console.error(`${Math.round((Date.now() - startMs) / 1_000)} s  ${line}`),
  }).run();
  print(report);
  process.exitCode = problemsOf(report).length === 0 ? 0 : 1;
} finally {
  await browser.close();
}

function print(report: SoakReport): void {
  const growth = Math.max(
    ...Object.values(report.heapGrowth).map(({ beforeBytes, afterBytes }) => afterBytes - beforeBytes),
  );
  const figures = {
    "soak.epochs": [report.epochs, "epochs"],
    "soak.signed": [report.signed, "messages"],
    "soak.lost": [report.lost.length, "messages"],
    "soak.heapGrowth": [growth / MEBIBYTE, "MiB"],
    "soak.mostLinks": [report.mostLinks, "connections"],
    "soak.peerMemory": [report.peerMemoryBytes / MEBIBYTE, "MiB"],
  } as const;
  for (const [name, [value, unit]] of Object.entries(figures))
    console.log(JSON.stringify({ name, value, unit }));
  console.log(JSON.stringify({ name: "soak.faults", ...report.faults }));
  for (const problem of problemsOf(report)) console.log(problem);
  console.log(problemsOf(report).length === 0 ? "all the same, nothing lost" : "FAILED");
}

function problemsOf({ lost, different, heapGrowth }: SoakReport): readonly string[] {
  const grown = Object.entries(heapGrowth)
    .filter(([, { beforeBytes, afterBytes }]) => afterBytes - beforeBytes > ALLOWED_GROWTH_BYTES)
    .map(([name, { beforeBytes, afterBytes }]) => `${name} grew from ${beforeBytes} to ${afterBytes} bytes`);
  return [...lost, ...different, ...grown];
}
