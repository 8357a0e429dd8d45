import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { failure } from "../src/core/errors.ts";

/** What the built page is made from. */
const SOURCES = ["src", "public", "tools/build", "index.html", "vite.config.ts", "package-lock.json"];

/** Whether dist/ is missing or older than one of its sources. */
export function isBuildStale(root: string): boolean {
  const built = join(root, "dist/index.html");
  if (!existsSync(built)) return true;
  const builtMs = statSync(built).mtimeMs;
  return SOURCES.some((source) => newestMs(join(root, source)) > builtMs);
}

function newestMs(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .reduce((newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

/** Builds dist/; the bundler's output goes to `print` line by line. Errors: build-failed, aborted. */
export function buildApp(root: string, print: (line: string) => void, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "build"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      // Its own group: npm, the shell and the bundler end together.
      detached: true,
    });
    const stop = () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    };
    signal?.addEventListener("abort", stop, { once: true });
    const show = (chunk: Buffer) => {
      for (const line of chunk.toString("utf8").split("\n"))
        if (line.trim() !== "") print(`  ${line.trimEnd()}`);
    };
    child.stdout.on("data", show);
    child.stderr.on("data", show);
    child.on("error", (error) => reject(failure("build-failed", error.message)));
    child.on("close", (code) => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted) reject(failure("aborted", "the build was stopped"));
      else if (code === 0) resolve();
      else reject(failure("build-failed", "the page could not be built", "exit status 0", String(code)));
    });
  });
}
