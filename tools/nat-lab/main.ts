/** Nodes behind real routers, in network namespaces of this machine. Usage: npm run nat-lab -- [scenario …] */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildHarness } from "../../e2e/support/p2p-page.ts";
import { findChromium } from "../browsers.ts";
import { Lab } from "./lab.ts";
import { Namespaces } from "./namespaces.ts";
import { runScenario, SCENARIOS } from "./scenarios.ts";

const COMMANDS = { ip: "iproute2", nft: "nftables", sysctl: "procps", turnserver: "coturn" } as const;

/** Why the lab cannot run here; undefined when it can. */
function obstacle(chromium: string | undefined): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's: this is another system";
  if (process.getuid?.() !== 0) return "only root may make network namespaces: sudo npm run nat-lab";
  for (const [command, name] of Object.entries(COMMANDS)) {
    if (spawnSync("which", [command]).status !== 0) return `${command} is missing: apt-get install ${name}`;
  }
  return chromium === undefined ? "no Chromium was found" : undefined;
}

const { positionals } = parseArgs({ allowPositionals: true });
const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((name) => SCENARIOS.every((scenario) => scenario.name !== name));
const chromium = await findChromium();
const problem = unknown.length > 0 ? `no such scenario: ${unknown.join(", ")}` : obstacle(chromium);
if (problem !== undefined || chromium === undefined) {
  console.error(problem);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
Namespaces.sweep();
const pageFolder = await buildHarness();
const root = mkdtempSync(join(tmpdir(), "parley-nat-lab-"));
process.on("exit", () => {
  for (const folder of [pageFolder, root]) rmSync(folder, { recursive: true, force: true });
});
for (const scenario of chosen) {
  const { name, routers, ice } = scenario;
  const options = { routers, ice, pageFolder, folder: join(root, name), chromium };
  const finding = await Lab.with(options, (lab) => runScenario(scenario, lab));
  console.log(JSON.stringify(finding));
  if (!finding.ok) process.exitCode = 1;
}
