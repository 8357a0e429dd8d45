import { join, resolve } from "node:path";
import { buildApp, isBuildStale } from "../relay/app-build.ts";
import { SHELL_BUDGET_BYTES, shellGzipBytes } from "../tools/sizes.ts";
import type { Emit } from "./figure.ts";

/** What the page costs before it shows anything. */
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
}
