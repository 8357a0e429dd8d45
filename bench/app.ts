import { join, resolve } from "node:path";
import { buildApp, isBuildStale } from "../relay/app-build.ts";
import { SHELL_BUDGET_BYTES, shellGzipBytes } from "../tools/sizes.ts";
import type { Emit } from "./figure.ts";
import { measureFirstTokens } from "./first-token.ts";

const ROUNDS = 5;
const COLD_BUDGET_MS = 4_000;
const WARM_BUDGET_MS = 1_500;

/** What the page costs before it shows anything, and how long until it answers. */
export async function run(emit: Emit): Promise<void> {
  const root = resolve(import.meta.dirname, "..");
  if (isBuildStale(root)) await buildApp(root, (line) => console.error(line));
  const bytes = shellGzipBytes(join(root, "dist"));
  emit({
    name: "app.shell",
    value: bytes,
    unit: "gzip bytes",
    ratio: bytes / SHELL_BUDGET_BYTES,
    against: `budget ${SHELL_BUDGET_BYTES} bytes`,
  });
  const measured = await measureFirstTokens(ROUNDS);
  const figures = [
    { name: "app.firstToken.cold", values: measured.map(({ coldMs }) => coldMs), budgetMs: COLD_BUDGET_MS },
    { name: "app.firstToken.warm", values: measured.map(({ warmMs }) => warmMs), budgetMs: WARM_BUDGET_MS },
  ];
  for (const { name, values, budgetMs } of figures) {
    const value = Math.round(median(values));
    emit({ name, value, unit: "ms", ratio: value / budgetMs, against: `budget ${budgetMs} ms` });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
