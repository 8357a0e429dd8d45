import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** JavaScript that index.html loads before it can paint, gzip. */
export const SHELL_BUDGET_BYTES = 150 * 1024;
/** Everything under public/ that is checked in. */
export const PUBLIC_BUDGET_BYTES = 20_000_000;

/**
 * Gzip bytes of the scripts that `dist/index.html` names (script, modulepreload) and of what those import
 * statically. Dynamic imports load after the first paint and do not count.
 */
export function shellGzipBytes(dist: string): number {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const waiting = [...html.matchAll(/(?:src|href)="\/?([^"]+\.m?js)"/g)].map((match) => match[1] ?? "");
  const seen = new Set<string>();
  let bytes = 0;
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const code = readFileSync(join(dist, path));
    bytes += gzipSync(code).byteLength;
    waiting.push(...staticImports(code.toString("utf8")).map((name) => join(path, "..", name)));
  }
  return bytes;
}

/** Relative specifiers of `import … from "./x.js"`, `import "./x.js"` and `export … from "./x.js"`. */
export function staticImports(code: string): string[] {
  const pattern =
    /(?:^|[;}\s])(?:import|export)\b(?!\s*\()(?:[^"'();]*?\bfrom)?\s*["'](\.{1,2}\/[^"']+)["']/g;
  return [...code.matchAll(pattern)].map((match) => match[1] ?? "");
}

export function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

function main(): void {
  const figures = [{ what: "public/", bytes: folderBytes("public"), budget: PUBLIC_BUDGET_BYTES }];
  if (existsSync("dist/index.html")) {
    figures.push({
      what: "JavaScript before the first paint, gzip",
      bytes: shellGzipBytes("dist"),
      budget: SHELL_BUDGET_BYTES,
    });
  }
  for (const { what, bytes, budget } of figures) {
    console.log(`${what}: ${bytes} bytes of ${budget}`);
    if (bytes > budget) process.exitCode = 1;
  }
}

if (process.argv[1] === import.meta.filename) main();
