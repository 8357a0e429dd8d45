import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { failure, toErrorData } from "../src/core/errors.ts";
import { freePort } from "./free-port.ts";

/** Anvil's own binary: the npm wrapper would outlive its signals. Errors: anvil-missing. */
function anvilBinary(): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
  } catch {
    throw failure("anvil-missing", "The local chain needs anvil from npm", name, "not installed");
  }
}

export interface DevChainOptions {
  /** Kept here at stop and every few seconds, loaded at the next start; none: forgotten at stop. */
  readonly stateFile?: string;
  /** 0 or absent takes any free port. */
  readonly port?: number;
  /** Address to listen on; the default serves this machine only. */
  readonly host?: string;
  readonly chainId?: number;
}

export interface DevChain {
  readonly rpcUrl: string;
  readonly port: number;
  /** Saves the state and resolves when the process has ended. */
  stop(): Promise<void>;
}

const STATE_INTERVAL_SECONDS = 5;
/** Some hundred milliseconds are usual: patience is for machines with other work. */
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 25;
/** One that is killed before it has written its state has forgotten what happened since. */
const STOP_TIMEOUT_MS = 30_000;

/** Starts an anvil that mines each transaction at once. Errors: anvil-missing, port-taken, anvil-failed. */
export async function startDevChain(options: DevChainOptions = {}): Promise<DevChain> {
  const { port = 0 } = options;
  if (port !== 0) return startAt(port, options);
  try {
    return await startAt(await freePort(0), options);
  } catch (thrown) {
    // Between the question for a free port and its use another process may take it.
    if (toErrorData(thrown).code !== "port-taken") throw thrown;
    return startAt(await freePort(0), options);
  }
}

async function startAt(port: number, options: DevChainOptions): Promise<DevChain> {
  const host = options.host ?? "127.0.0.1";
  const rpcUrl = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`;
  // Another chain on this port would answer in the place of the one that fails to start.
  if (await answers(rpcUrl))
    throw failure("port-taken", "The chain's port is in use", undefined, String(port));
  if (options.stateFile !== undefined) await mkdir(dirname(options.stateFile), { recursive: true });

  const child = spawn(anvilBinary(), anvilArguments(options, port, host), {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-500);
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      complaint = error.message;
      resolve();
    });
  });
  await ready(rpcUrl, ended, () => complaint);
  return { rpcUrl, port, stop: () => stop(child, ended) };
}

function anvilArguments(options: DevChainOptions, port: number, host: string): string[] {
  const args = ["--port", String(port), "--host", host, "--chain-id", String(options.chainId ?? 31_337)];
  args.push("--quiet");
  if (options.stateFile !== undefined) {
    args.push("--state", options.stateFile, "--state-interval", String(STATE_INTERVAL_SECONDS));
  }
  return args;
}

async function ready(rpcUrl: string, ended: Promise<void>, complaint: () => string): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await answers(rpcUrl))) {
    if (over && /address (already )?in use/i.test(complaint())) {
      throw failure("port-taken", "The chain's port is in use", undefined, complaint().trim());
    }
    if (over || Date.now() > deadline) {
      throw failure("anvil-failed", "The local chain did not start", undefined, complaint().trim());
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  // Who answers then took the port in between.
  if (over) throw failure("port-taken", "The chain's port is in use", undefined, complaint().trim());
}

async function answers(rpcUrl: string): Promise<boolean> {
  try {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
      signal: AbortSignal.timeout(1_000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** SIGINT lets anvil write its state. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
