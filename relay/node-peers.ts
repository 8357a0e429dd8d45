import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join, resolve } from "node:path";

const PARLEY = resolve(import.meta.dirname, "../cli/parley.js");
/** A peer ends within ten seconds when it is asked to. */
const STOP_WITHIN_MS = 12_000;

export interface NodePeersOptions {
  /** Where the local network is served. */
  readonly url: string;
  readonly count: number;
  /** Of the peers' state folders and logs, which are named by number. */
  readonly folder: string;
  /** Of the first peer. */
  readonly mailboxPort?: number;
  readonly print: (line: string) => void;
}

export interface NodePeers {
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Peers of a local network in processes of their own, each with a stake from the faucet. */
export function startNodePeers({ url, count, folder, mailboxPort, print }: NodePeersOptions): NodePeers {
  mkdirSync(folder, { recursive: true });
  let isStopping = false;
  const children = Array.from({ length: count }, (_, index) => {
    const name = `${index + 1}`;
    const mailbox = index === 0 && mailboxPort !== undefined ? ["--mailbox-port", `${mailboxPort}`] : [];
    const args = [
      "node",
      "--url",
      url,
      "--state",
      join(folder, name),
      "--donate",
      "--faucet",
      "--threads",
      "1",
    ];
    const child = startChild([...args, ...mailbox], join(folder, `${name}.log`));
    child.on("exit", (status) => {
      if (!isStopping) print(`node peer ${name} ended with ${status}: see ${join(folder, `${name}.log`)}`);
    });
    return child;
  });
  return {
    pids: children.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    async stop() {
      isStopping = true;
      await Promise.all(children.map(stopChild));
    },
  };
}

function startChild(args: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, "a", 0o600);
  try {
    // A group of its own: Ctrl-C reaches the parent, which stops its peers in order. The channel tells them when it dies.
    return spawn(process.execPath, [PARLEY, ...args], { stdio: ["ignore", log, log, "ipc"], detached: true });
  } finally {
    closeSync(log);
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}
