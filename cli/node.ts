import "../src/p2p/node-polyfills.ts";
import { ParleyError, toErrorData } from "../src/core/errors.ts";
import { type Log, lineLog, logError } from "./node/log.ts";
import type { NodeOptions } from "./node/options.ts";
import { CannotDonate, type Peer, startPeer } from "./node/peer.ts";
import { statusFields, statusText } from "./node/status.ts";

/** Exit status of `parley node`; 2, wrong arguments, is the command line's. */
export const NODE_EXIT = {
  stopped: 0,
  failed: 1,
  folderInUse: 3,
  networkUnknown: 4,
  cannotDonate: 5,
} as const;

const STATUS_MS = 60_000;
/** A stop that takes longer is ended: everything that was promised is on the disk already. */
const STOP_WITHIN_MS = 9_000;

const NETWORK_UNKNOWN = ["not-served", "network-file", "genesis-mismatch", "other-network", "model-mismatch"];
const CANNOT_DONATE = [
  "key-file-missing",
  "key-file-malformed",
  "wallet-key",
  "faucet-not-local",
  "faucet-empty",
];

/** Runs a peer until it is told to stop. Resolves with the exit status. */
export async function runNode(options: NodeOptions): Promise<number> {
  const log = lineLog(
    options.json,
    (line) => process.stdout.write(line),
    () => Date.now(),
  );
  // A process that is looked after by others is readable by its owner alone, whatever it writes.
  process.umask(0o077);
  const ending = awaitEnd(log);
  let peer: Peer;
  try {
    peer = await startPeer(options, { log, onLost: ending.fail });
  } catch (thrown) {
    logError(log, "error", "Not started", toErrorData(thrown));
    return statusOf(thrown);
  }
  for (const address of peer.addresses) log("info", `Listening on ${address}`, { address });
  log("good", `Node ${peer.node.status.value.nodeId} runs`, { nodeId: peer.node.status.value.nodeId });
  const stopTelling = tellStatus(peer, log);
  const thrown = await ending.reason;
  stopTelling();
  if (thrown !== undefined) logError(log, "error", "This node cannot go on", toErrorData(thrown));
  const isStopped = await stopWithin(peer, STOP_WITHIN_MS);
  log("info", isStopped ? "Stopped" : "Stopped before everything was put away");
  return thrown === undefined ? NODE_EXIT.stopped : statusOf(thrown);
}

interface Ending {
  /** Resolves once: undefined for a signal, else why the node cannot go on. */
  readonly reason: Promise<unknown>;
  readonly fail: (thrown: unknown) => void;
}

function awaitEnd(log: Log): Ending {
  let fail: Ending["fail"] = () => undefined;
  const reason = new Promise<unknown>((resolve) => {
    fail = resolve;
    let asked = false;
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(NODE_EXIT.failed);
        asked = true;
        log("info", `${signal}: stopping`);
        resolve(undefined);
      });
    }
    // Who started it with a channel is gone.
    process.on("disconnect", () => {
      asked = true;
      resolve(undefined);
    });
    // A promise that nobody waited for ends nothing that matters: connections break all the time.
    process.on("unhandledRejection", (thrown) => {
      if (!asked) logError(log, "warn", "Unexpected", toErrorData(thrown));
    });
    process.on("uncaughtException", (thrown) => resolve(thrown));
  });
  return { reason, fail };
}

function tellStatus(peer: Peer, log: Log): () => void {
  const tell = async (): Promise<void> => {
    const facts = await peer.facts();
    log("status", statusText(facts), statusFields(facts));
  };
  const onSignal = (): void => void tell();
  process.on("SIGUSR1", onSignal);
  const timer = setInterval(onSignal, STATUS_MS);
  void tell();
  return () => {
    clearInterval(timer);
    process.off("SIGUSR1", onSignal);
  };
}

async function stopWithin(peer: Peer, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const stopped = await Promise.race([peer.stop().then(() => true), late]);
  clearTimeout(timer);
  return stopped;
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof CannotDonate) return NODE_EXIT.cannotDonate;
  const code = thrown instanceof ParleyError ? thrown.code : "";
  if (code === "level-locked") return NODE_EXIT.folderInUse;
  if (NETWORK_UNKNOWN.includes(code)) return NODE_EXIT.networkUnknown;
  return CANNOT_DONATE.includes(code) ? NODE_EXIT.cannotDonate : NODE_EXIT.failed;
}
