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
  const starting = startPeer(options, { log, onLost: ending.end, stopped: ending.stopped });
  try {
    await Promise.race([starting.then((peer) => tellStarted(peer, ending, log)), ending.reason]);
  } catch (thrown) {
    logError(log, "error", "Not started", toErrorData(thrown));
    return statusOf(thrown);
  }
  const thrown = await ending.reason;
  if (thrown !== undefined) logError(log, "error", "This node cannot go on", toErrorData(thrown));
  const stopping = starting.then(
    (peer) => peer.stop(),
    // It was stopped before it had started.
    () => undefined,
  );
  const isStopped = await within(STOP_WITHIN_MS, stopping);
  log("info", isStopped ? "Stopped" : "Stopped before everything was put away");
  return thrown === undefined ? NODE_EXIT.stopped : statusOf(thrown);
}

interface Ending {
  /** Resolves once: undefined for a signal, else why the node cannot go on. */
  readonly reason: Promise<unknown>;
  /** Fires when `reason` has been given. */
  readonly stopped: AbortSignal;
  readonly end: (thrown: unknown) => void;
}

function awaitEnd(log: Log): Ending {
  const stopping = new AbortController();
  let give: Ending["end"] = () => undefined;
  const reason = new Promise<unknown>((resolve) => {
    give = resolve;
  });
  const end = (thrown: unknown): void => {
    give(thrown);
    stopping.abort();
  };
  let asked = false;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(NODE_EXIT.failed);
      asked = true;
      log("info", `${signal}: stopping`);
      end(undefined);
    });
  }
  // Who started it with a channel is gone.
  process.on("disconnect", () => {
    asked = true;
    end(undefined);
  });
  // A promise that nobody waited for ends nothing that matters: connections break all the time.
  process.on("unhandledRejection", (thrown) => {
    if (!asked) logError(log, "warn", "Unexpected", toErrorData(thrown));
  });
  process.on("uncaughtException", end);
  return { reason, stopped: stopping.signal, end };
}

function tellStarted(peer: Peer, { reason, stopped }: Ending, log: Log): void {
  if (stopped.aborted) return;
  for (const address of peer.addresses) log("info", `Listening on ${address}`, { address });
  const { nodeId } = peer.node.status.value;
  log("good", `Node ${nodeId} runs`, { nodeId });
  void reason.then(tellStatus(peer, log));
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

/** Whether the work was done in time. */
async function within(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const done = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return done;
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof CannotDonate) return NODE_EXIT.cannotDonate;
  const code = thrown instanceof ParleyError ? thrown.code : "";
  if (code === "level-locked") return NODE_EXIT.folderInUse;
  if (NETWORK_UNKNOWN.includes(code)) return NODE_EXIT.networkUnknown;
  return CANNOT_DONATE.includes(code) ? NODE_EXIT.cannotDonate : NODE_EXIT.failed;
}
