import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";

const WORLD = join(import.meta.dirname, "world.ts");
const ready = z.array(z.string());

export interface Service {
  /** Of a relay: its multiaddrs. */
  readonly addresses: readonly string[];
  /** As a machine that loses power: nobody is told. */
  kill(): Promise<void>;
}

/** Starts world.ts in a namespace. Errors: it ended before it was ready. */
export async function startService(namespace: string, ...order: readonly string[]): Promise<Service> {
  const child = spawn(
    "ip",
    ["netns", "exec", namespace, process.execPath, "--import", "tsx", WORLD, ...order],
    {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  const addresses = ready.parse(await firstMessage(child));
  return {
    addresses,
    kill: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}

function firstMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (status) => reject(new Error(`a service ended with status ${status}`)));
  });
}
