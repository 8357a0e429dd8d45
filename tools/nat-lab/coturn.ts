import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IceServer } from "../../src/p2p/libp2p.ts";
import { insideFor } from "./namespaces.ts";
import { TURN } from "./ports.ts";
import type { Home, Topology } from "./topology.ts";

/** It waits for answers that must not come. */
const NAT_SECONDS = 40;
const DAY_SECONDS = 86_400;

/** STUN and TURN on the public machine: coturn (https://github.com/coturn/coturn), with the settings of docs/operators.md. */
export class Coturn {
  readonly #host: string;
  readonly #secret: string;
  readonly #process: ChildProcess;

  constructor({ public: { namespace, address, second } }: Topology, folder: string, secret: string) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "turnserver.conf");
    writeFileSync(file, configuration([address, second], secret, folder), { mode: 0o600 });
    this.#host = address.includes(":") ? `[${address}]` : address;
    this.#secret = secret;
    this.#process = spawn("ip", ["netns", "exec", namespace, "turnserver", "-c", file], { stdio: "ignore" });
  }

  get stun(): IceServer {
    return { urls: [`stun:${this.#host}:${TURN.port}`] };
  }

  /** A user whose name is when it ends, and whose password the server can compute: coturn's `use-auth-secret`. */
  get turn(): IceServer {
    const username = `${Math.floor(Date.now() / 1_000) + DAY_SECONDS}:lab`;
    const credential = createHmac("sha1", this.#secret).update(username).digest("base64");
    const urls = ["udp", "tcp"].map((transport) => `turn:${this.#host}:${TURN.port}?transport=${transport}`);
    return { urls, username, credential };
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }
}

function configuration(addresses: readonly string[], secret: string, folder: string): string {
  const own = addresses.flatMap((address) => [`listening-ip=${address}`, `relay-ip=${address}`]);
  const lines = [
    ...own,
    `listening-port=${TURN.port}`,
    `min-port=${TURN.first}`,
    `max-port=${TURN.last}`,
    "realm=parley.example",
    "use-auth-secret",
    `static-auth-secret=${secret}`,
    "fingerprint",
    "stale-nonce=600",
    "user-quota=200",
    "total-quota=1200",
    "no-multicast-peers",
    "denied-peer-ip=0.0.0.0-0.255.255.255",
    "denied-peer-ip=10.0.0.0-10.255.255.255",
    "denied-peer-ip=127.0.0.0-127.255.255.255",
    "denied-peer-ip=169.254.0.0-169.254.255.255",
    "denied-peer-ip=172.16.0.0-172.31.255.255",
    "denied-peer-ip=192.168.0.0-192.168.255.255",
    "denied-peer-ip=fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "denied-peer-ip=fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "no-tls",
    "no-dtls",
    "no-cli",
    `userdb=${join(folder, "turndb")}`,
    `pidfile=${join(folder, "turnserver.pid")}`,
    `log-file=${join(folder, "turnserver.log")}`,
    "simple-log",
  ];
  return `${lines.join("\n")}\n`;
}

/** What a home's router does with datagrams, as STUN finds out (RFC 5780): words of turnutils_natdiscovery of coturn. */
export function natSeenByStun({ namespace }: Home, server: string): string {
  const output = insideFor(NAT_SECONDS, namespace, "turnutils_natdiscovery", ["-m", "-f", server]);
  const findings = (output ?? "").match(/(?:No NAT|NAT with [\w ]+)!|[\w ]+ Filtering!/gi) ?? [];
  return findings.length === 0
    ? "no answer"
    : findings.map((text) => text.replace("!", "").trim()).join("; ");
}
