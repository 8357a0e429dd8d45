import { expect, test, vi } from "vitest";
import { isRunning } from "./processes.ts";
import { runStep, stepLine } from "./step.ts";

function node(code: string, limitMs?: number) {
  return runStep({
    name: "step",
    command: process.execPath,
    arguments: ["-e", code],
    ...(limitMs === undefined ? {} : { limitMs }),
  });
}

test("a step that ends with 0 is ok and keeps what it printed", async () => {
  const result = await node("console.log('out'); console.error('err')");
  expect(result.ok).toBe(true);
  expect(result.output).toContain("out\n");
  expect(result.output).toContain("err\n");
});

test("a step that ends otherwise, or that cannot start, failed", async () => {
  expect((await node("process.exit(3)")).ok).toBe(false);
  const missing = await runStep({ name: "missing", command: "no-such-command", arguments: [] });
  expect(missing.ok).toBe(false);
  expect(missing.output).toContain("no-such-command");
});

test("what a step left running ends with it", async () => {
  const result = await node(
    `const c = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
     c.unref(); console.log(c.pid);`,
  );
  const pid = Number(result.output.trim());
  expect(pid).toBeGreaterThan(0);
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
});

test("a step that takes too long is ended and says so", async () => {
  const result = await node("setInterval(() => {}, 1000)", 100);
  expect(result.ok).toBe(false);
  expect(result.output).toContain("ran longer than 0.1 s");
});

test("a step's line names it and its time", () => {
  expect(stepLine("unit", true, 1_240)).toBe("ok     unit                      1.2 s");
});
