import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

const ROOT = resolve(import.meta.dirname, "..");

/** A small tree that breaks each rule once: path, content. */
const TREE: Record<string, string> = {
  "src/core/pure.ts": `import { app } from "../app/app.ts"; export const pure = app;`,
  "src/core/reads-disk.ts": `import { readFileSync } from "node:fs"; export const read = readFileSync;`,
  "src/core/foreign.ts": `import { html } from "lit"; export const foreign = html;`,
  "src/ports/port.ts": `import { store } from "../store/store.ts"; export const port = store;`,
  "src/app/app.ts": `import type { Net } from "../p2p/net.ts"; export const app = (net: Net) => net;`,
  "src/p2p/net.ts": `import { store } from "../store/store.ts"; export interface Net { store: typeof store }`,
  "src/store/store.ts": "export const store = 1;",
  "src/chain/chain.ts": `import { z } from "../core/allowed.ts"; export const chain = z;`,
  "src/core/allowed.ts": `import { z } from "zod"; export { z };`,
  "src/ui/page.ts": `export const load = () => import("../model/model.ts");`,
  "src/model/model.ts": `import { page } from "../workers/task.ts"; export const model = page;`,
  "src/workers/task.ts": `import { app } from "../app/app.ts"; export const page = app;`,
  "src/main.ts": `import { test } from "./app/app.test.ts"; export const main = test;`,
  "src/app/app.test.ts": `import { sim } from "../../sim/sim.ts"; export const test = sim;`,
  "src/workers/simulator/worker.ts": `import { sim } from "../../../sim/sim.ts"; export const run = sim;`,
  "src/workers/simulator/stray.ts": `import { app } from "../../app/app.ts"; export const stray = app;`,
  "src/workers/other/worker.ts": `import { sim } from "../../../sim/sim.ts"; export const other = sim;`,
  "src/main-sim.ts": `import { sim } from "../sim/sim.ts"; export const composed = sim;`,
  "sim/sim.ts": `import { pure } from "../src/core/pure.ts"; export const sim = pure;`,
  "src/device/device.ts": `import { page } from "../ui/page.ts"; export const device = page;`,
  "src/store/level/store.ts": "export const store = 1;",
  "src/main-level.ts": `import { store } from "./store/level/store.ts"; export const kept = store;`,
  "src/chain/one.ts": `import { two } from "./two.ts"; export const one = () => two;`,
  "src/chain/two.ts": `import { one } from "./one.ts"; export const two = () => one;`,
  "src/chain/alone.ts": "export const alone = 1;",
  "src/chain/lost.ts": `import { gone } from "./gone.ts"; export const lost = gone;`,
  "src/misc/helper.ts": `import { store } from "../store/store.ts"; export const help = store;`,
  "package.json": `{"name":"tree","type":"module","dependencies":{"lit":"*","zod":"*"}}`,
};

const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

let folder: string;
let found: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-layers-"));
  for (const [path, content] of Object.entries(TREE)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const command = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const config = join(ROOT, ".dependency-cruiser.mjs");
  const options = ["--config", config, "--output-type", "json", "src", "sim"];
  const run = spawnSync(process.execPath, [command, ...options], { cwd: folder, encoding: "utf8" });
  const report = reportSchema.parse(JSON.parse(run.stdout));
  found = report.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  "layer-core: src/core/pure.ts",
  "packages-core: src/core/reads-disk.ts",
  "packages-core: src/core/foreign.ts",
  "layer-ports: src/ports/port.ts",
  "layer-app: src/app/app.ts",
  "layer-p2p: src/p2p/net.ts",
  "layer-device: src/device/device.ts",
  "layer-ui: src/ui/page.ts",
  "layer-model: src/model/model.ts",
  "layer-workers: src/workers/task.ts",
  "layer-workers: src/workers/other/worker.ts",
  "layer-simulator: src/workers/simulator/stray.ts",
  "no-test-in-product: src/main.ts",
  "no-simulation-in-product: src/workers/other/worker.ts",
  "no-simulation-in-product: src/main-sim.ts",
  "node-only: src/main-level.ts",
  "no-cycles: src/chain/one.ts",
  "no-orphans: src/chain/alone.ts",
  "no-unresolvable: src/chain/lost.ts",
  "registered-layer-importer: src/misc/helper.ts",
])("the layer check reports %s", (violation) => {
  expect(found).toContain(violation);
});

test("the layer check lets right imports pass", () => {
  const right = [
    "src/core/allowed.ts",
    "src/chain/chain.ts",
    "src/store/store.ts",
    "src/app/app.test.ts",
    "src/workers/simulator/worker.ts",
  ];
  expect(found.filter((line) => right.some((path) => line.endsWith(path)))).toEqual([]);
});
