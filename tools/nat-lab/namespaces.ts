import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { failure } from "../../src/core/errors.ts";
import { isRunning } from "../processes.ts";

const PREFIX = "parley-lab";
/** `ip netns` keeps a file for each namespace here: see ip-netns(8). */
const NAMESPACES = "/run/netns";

/**
 * Network namespaces of one run, on Linux, as root. Nothing outside of them is touched: links are made from one namespace to
 * another, and every rule of the packet filter is one namespace's own.
 */
export class Namespaces {
  readonly #names = new Set<string>();

  /** Removes what runs left behind that were killed. */
  static sweep(): void {
    for (const name of listed()) {
      const pid = Number(name.split("-")[2]);
      if (name.startsWith(`${PREFIX}-`) && !isRunning(pid)) remove(name);
    }
  }

  /** Returns the full name, unlike that of any other run. */
  add(role: string): string {
    const name = `${PREFIX}-${process.pid}-${role}`;
    command("ip", ["netns", "add", name]);
    this.#names.add(name);
    command("ip", ["-n", name, "link", "set", "lo", "up"]);
    return name;
  }

  /** Ends every process in the namespaces, and the namespaces. */
  removeAll(): void {
    for (const name of this.#names) remove(name);
    this.#names.clear();
  }
}

/** One end of a cable. */
export interface Plug {
  readonly namespace: string;
  readonly device: string;
}

export function connect(one: Plug, other: Plug): void {
  command("ip", [
    ...["link", "add", one.device, "netns", one.namespace, "type", "veth"],
    ...["peer", "name", other.device, "netns", other.namespace],
  ]);
  for (const plug of [one, other]) setLink(plug, "up");
}

export function setLink({ namespace, device }: Plug, state: "up" | "down"): void {
  command("ip", ["-n", namespace, "link", "set", device, state]);
}

/** `address` with its prefix length. IPv6 addresses are usable at once: nobody else can have them. */
export function addAddress({ namespace, device }: Plug, address: string): void {
  const isIpv6 = address.includes(":");
  command("ip", ["-n", namespace, "addr", "add", address, "dev", device, ...(isIpv6 ? ["nodad"] : [])]);
}

export function addRoute(namespace: string, to: string, via: string): void {
  command("ip", ["-n", namespace, ...(via.includes(":") ? ["-6"] : []), "route", "add", to, "via", via]);
}

/** Runs to its end in a namespace. Errors: nat-lab-command. */
export function inside(namespace: string, name: string, args: readonly string[], input = ""): string {
  return command("ip", ["netns", "exec", namespace, name, ...args], input);
}

/** Runs in a namespace for so long at most; undefined when it was not done then, or failed. */
export function insideFor(
  seconds: number,
  namespace: string,
  name: string,
  args: readonly string[],
): string | undefined {
  const options = { encoding: "utf8", timeout: seconds * 1_000, killSignal: "SIGKILL" } as const;
  const { status, stdout } = spawnSync("ip", ["netns", "exec", namespace, name, ...args], options);
  return status === 0 ? stdout : undefined;
}

function command(name: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr, error } = spawnSync(name, args, { input, encoding: "utf8" });
  if (status === 0) return stdout;
  const why = error?.message ?? stderr.trim();
  throw failure("nat-lab-command", `${name} ${args.join(" ")}: ${why}`, "status 0", String(status));
}

function listed(): readonly string[] {
  try {
    return readdirSync(NAMESPACES);
  } catch {
    return [];
  }
}

/** Only this run started processes in there. */
function remove(name: string): void {
  const { stdout } = spawnSync("ip", ["netns", "pids", name], { encoding: "utf8" });
  for (const pid of stdout.split("\n").filter((line) => line !== "")) kill(Number(pid));
  spawnSync("ip", ["netns", "del", name]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
