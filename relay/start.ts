/** `npm start`: builds the page when it is not, runs a local network until it is told to stop. */
import { join, resolve } from "node:path";
import { ParleyError } from "../src/core/errors.ts";
import { buildApp, isBuildStale } from "./app-build.ts";
import { freePort } from "./free-port.ts";
import { type LocalNetwork, startLocalNetwork } from "./local-network.ts";
import { type NodePeers, startNodePeers } from "./node-peers.ts";
import { parseStartOptions, START_USAGE, type StartOptions } from "./start-options.ts";

const ROOT = resolve(import.meta.dirname, "..");
const MAILBOX_PORT = 9_191;
const stopping = new AbortController();

function print(line: string): void {
  console.log(line);
}

/** The first signal stops cleanly, the second at once. */
function listenForSignals(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (stopping.signal.aborted) process.exit(130);
        stopping.abort();
        resolve();
      });
    }
  });
}

async function start(options: StartOptions, mailboxPort: number | undefined): Promise<LocalNetwork> {
  if (options.dist === undefined && isBuildStale(ROOT)) {
    print("building the page (once; again when its sources change)");
    await buildApp(ROOT, print, stopping.signal);
  }
  const mailboxes = mailboxPort === undefined ? [] : [`http://127.0.0.1:${mailboxPort}/`];
  return startLocalNetwork({ dist: join(ROOT, "dist"), ...options, mailboxes, print });
}

/** Donors that a newcomer would have to find elsewhere; the first one keeps the mailbox. */
function startPeers(
  { peers, stateFolder = join(ROOT, ".parley") }: StartOptions,
  { url, genesisCid }: LocalNetwork,
  mailboxPort: number | undefined,
): NodePeers | undefined {
  if (peers === 0) return undefined;
  const folder = join(stateFolder, "peers", genesisCid.slice(-16));
  print(`${peers} node peers donate; their logs are in ${folder}`);
  return startNodePeers({
    url,
    count: peers,
    folder,
    print,
    ...(mailboxPort !== undefined && { mailboxPort }),
  });
}

function announce({ url, lanUrls }: LocalNetwork): void {
  const phone = lanUrls[0];
  // Browsers give cryptography, threads and offline use only to https and to localhost.
  const hint = "needs https or a port-forward to take part: docs/operators.md";
  print(`Parley is at ${url}${phone === undefined ? "" : `  ·  from a phone ${phone} (${hint})`}`);
  print("Stop with Ctrl-C.");
}

async function main(): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) {
    print(START_USAGE);
    return 0;
  }
  const stopped = listenForSignals();
  const mailboxPort = options.peers > 0 ? await freePort(MAILBOX_PORT) : undefined;
  const network = await start(options, mailboxPort);
  if (!stopping.signal.aborted) announce(network);
  const peers = stopping.signal.aborted ? undefined : startPeers(options, network, mailboxPort);
  await stopped;
  await peers?.stop();
  await network.stop();
  return 0;
}

function explain(error: unknown): number {
  if (!(error instanceof ParleyError)) throw error;
  if (error.code === "aborted") return 130;
  console.error(error.message);
  if (error.code === "bad-arguments") console.error(START_USAGE);
  return error.code === "bad-arguments" ? 2 : 1;
}

process.exit(await main().catch(explain));
