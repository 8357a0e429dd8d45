import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createIdentity } from "../src/core/identity.ts";
import { signMessage } from "../src/core/messages/message.ts";
import { descendants, isRunning } from "../tools/processes.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** 4 s alone on two cores; other suites run beside this one, and not every machine is as fast. */
const READY_MS = 120_000;
const TEST_MS = 240_000;

let folder: string;
let command: ChildProcess;
let output: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-start-"));
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist/index.html"), "<!doctype html><title>page</title>");
  cpSync(join(ROOT, "public/model"), join(folder, "dist/model"), { recursive: true });
});

afterEach(() => {
  killGroup(command.pid ?? 0);
  rmSync(folder, { recursive: true, force: true });
});

/** Whatever a failed test left running. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Everything has ended, as it should.
  }
}

function npmStart(...options: string[]): void {
  output = "";
  const args = ["start", "--silent", "--", "--port", "0", "--state", join(folder, "state"), ...options];
  // A group of its own, as a terminal makes one.
  command = spawn("npm", args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const collect = (chunk: Buffer) => {
    output += chunk.toString("utf8");
  };
  command.stdout?.on("data", collect);
  command.stderr?.on("data", collect);
}

function ended(): Promise<number | null> {
  return new Promise((done) => {
    if (command.exitCode !== null || command.signalCode !== null) done(command.exitCode);
    else command.once("exit", done);
  });
}

/** A terminal's Ctrl-C reaches the whole group, a service manager's SIGTERM npm alone. */
const SIGNALS = {
  "Ctrl-C": (pid: number) => process.kill(-pid, "SIGINT"),
  SIGTERM: (pid: number) => process.kill(pid, "SIGTERM"),
};

test.each(Object.entries(SIGNALS))(
  "npm start says where the page is; %s ends it and every child",
  async (_name, send) => {
    npmStart("--dist", join(folder, "dist"));
    await vi.waitFor(() => expect(output).toContain("Stop with Ctrl-C."), {
      timeout: READY_MS,
      interval: 50,
    });

    const announced = output.split("\n").filter((line) => line.includes("http://localhost:"));
    expect(announced).toHaveLength(1);
    const url = announced[0]?.match(/http:\/\/localhost:\d+\//)?.[0] ?? "";
    expect(await (await fetch(url)).text()).toContain("<title>page</title>");

    const children = descendants(command.pid ?? 0);
    expect(children.length).toBeGreaterThanOrEqual(2);
    send(command.pid ?? 0);
    await ended();
    await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), { timeout: 60_000 });
    await expect(fetch(url)).rejects.toThrow();
  },
  TEST_MS,
);

test(
  "--peers starts node peers beside it, one of them with the mailbox that network.json names; they end with it",
  async () => {
    npmStart("--dist", join(folder, "dist"), "--peers", "1");
    await vi.waitFor(() => expect(output).toContain("1 node peers donate"), {
      timeout: READY_MS,
      interval: 50,
    });
    const url = output.match(/http:\/\/localhost:\d+\//)?.[0] ?? "";
    const { mailboxes, genesisCid } = await (await fetch(new URL("network.json", url))).json();
    const nonsense = Uint8Array.of(1, 2);
    const refused = await vi.waitFor(() => postTo(mailboxes[0], nonsense), {
      timeout: READY_MS,
      interval: 200,
    });
    expect(refused).toMatchObject({ verdict: "REJECT" });
    const held = { state: "held", by: expect.stringMatching(/^[0-9a-f]{64}$/) };
    expect(await postTo(mailboxes[0], ballotOf(genesisCid))).toEqual(held);

    const children = descendants(command.pid ?? 0);
    expect(children.length).toBeGreaterThanOrEqual(3);
    process.kill(command.pid ?? 0, "SIGTERM");
    await ended();
    await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), { timeout: 60_000 });
  },
  2 * TEST_MS,
);

async function postTo(mailbox: string, body: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const headers = { "content-type": "application/octet-stream" };
  const response = await fetch(new URL("messages", mailbox), { method: "POST", headers, body });
  return response.json();
}

/** The first message of somebody who has no tab open. */
function ballotOf(network: string): Uint8Array<ArrayBuffer> {
  const { bytes } = signMessage({
    network,
    secretKey: createIdentity(new Uint8Array(32).fill(9)).secretKey,
    sequence: 0,
    previous: null,
    timestampMs: Date.now(),
    kind: "ballot",
    body: { proposal: network, choice: "for" },
  });
  return Uint8Array.from(bytes);
}

test("a wrong option is answered with the usage and status 2", async () => {
  npmStart("--epoch-seconds", "soon");
  expect(await ended()).toBe(2);
  expect(output).toContain("--epoch-seconds is out of range");
  expect(output).toContain("usage: npm start");
});
