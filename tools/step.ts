import { type ChildProcess, spawn } from "node:child_process";

/** One command of a check or test run. */
export interface Step {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A step that runs longer is killed and counts as failed. */
  readonly limitMs?: number;
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  /** Standard output and error, in the order they came. */
  readonly output: string;
  readonly durationMs: number;
}

const DEFAULT_LIMIT_MS = 10 * 60_000;
const running = new Set<ChildProcess>();

/** A command from node_modules, as a step's command and first arguments. */
export function localBinary(name: string): string {
  return `node_modules/.bin/${name}`;
}

/** Runs a step to its end. The step leads its own process group, so that nothing it started outlives it. */
export function runStep(step: Step): Promise<StepResult> {
  const start = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(step.command, step.arguments, {
      env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1", ...step.environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(child);
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    const limitMs = step.limitMs ?? DEFAULT_LIMIT_MS;
    const timer = setTimeout(() => {
      chunks.push(Buffer.from(`\nstopped: ran longer than ${limitMs / 1000} s\n`));
      killGroup(child);
    }, limitMs);
    const end = (ok: boolean) => {
      clearTimeout(timer);
      killGroup(child);
      running.delete(child);
      resolve({
        name: step.name,
        ok,
        output: Buffer.concat(chunks).toString("utf8"),
        durationMs: performance.now() - start,
      });
    };
    child.on("error", (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}

/** Ends every step under way when this process is asked to end. */
export function stopStepsOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      for (const child of running) killGroup(child);
      process.exit(130);
    });
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended by itself.
  }
}

/** `ok    types (core)   1.2 s` */
export function stepLine(name: string, ok: boolean, durationMs: number, note = ""): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  return `${ok ? "ok    " : "FAILED"} ${name.padEnd(22)} ${seconds.padStart(8)}${note === "" ? "" : `  ${note}`}`;
}

/** Where vitest, Playwright and forge begin to tell what failed; what stands before only says what passed. */
const FAILURES = /^\s*(?:⎯+ (?:Failed|Unhandled) |1\) |Failing tests:)/m;

/** What a failed step says of its failure, set off from the rest. */
export function failureReport({ name, output }: StepResult): string {
  const from = output.search(FAILURES);
  return `--- ${name}\n${output.slice(Math.max(0, from)).trimEnd()}\n---`;
}
