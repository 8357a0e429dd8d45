import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Emit } from "./figure.ts";

const AUTHORS = 100;
const MESSAGES_EACH = 1_000;
const MIB = 1024 * 1024;

export interface CatchupOrder {
  readonly role: "giver" | "taker";
  readonly folder: string;
  readonly authors: number;
  readonly messagesEach: number;
  /** Of the giver. */
  readonly addresses: readonly string[];
}

export type CatchupReport =
  | { readonly kind: "ready"; readonly addresses: readonly string[] }
  | {
      readonly kind: "caught-up";
      readonly ms: number;
      /** Of all its threads. */
      readonly cpuMs: number;
      readonly baseBytes: number;
      readonly peakBytes: number;
    }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * A process with an empty LevelDB catches up with 100,000 signed messages of another: log sync over ws on this machine,
 * every signature checked in a thread, every message durable. From the dial to the last message.
 */
export async function run(emit: Emit): Promise<void> {
  await catchUp(emit, AUTHORS, MESSAGES_EACH);
}

export async function catchUp(emit: Emit, authors: number, messagesEach: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-catchup-"));
  const children: ChildProcess[] = [];
  const start = (order: Omit<CatchupOrder, "authors" | "messagesEach">): Promise<CatchupReport> => {
    const file = fileURLToPath(new URL("./catchup-node.ts", import.meta.url));
    const child = fork(file, { execArgv: ["--import", "tsx"] });
    children.push(child);
    return new Promise((resolve, reject) => {
      child.once("message", (report: CatchupReport) => {
        if (report.kind === "failed") reject(new Error(report.reason));
        else resolve(report);
      });
      child.once("exit", (status) => reject(new Error(`a process ended with status ${status}`)));
      child.send({ ...order, authors, messagesEach });
    });
  };
  try {
    const giver = await start({ role: "giver", folder: join(folder, "giver"), addresses: [] });
    const addresses = giver.kind === "ready" ? giver.addresses : [];
    const taker = await start({ role: "taker", folder: join(folder, "taker"), addresses });
    if (taker.kind !== "caught-up") throw new Error("the taker did not catch up");
    emit({ name: "p2p.catchup.cpu", value: taker.cpuMs / 1_000, unit: "s" });
    emit({ name: "p2p.catchup", value: taker.ms / 1_000, unit: "s" });
    emit({
      name: "p2p.catchup.rate",
      value: (authors * messagesEach * 1_000) / taker.ms,
      unit: "messages/s",
    });
    emit({ name: "p2p.catchup.memory", value: taker.peakBytes / MIB, unit: "MiB" });
    emit({
      name: "p2p.catchup.memory.growth",
      value: (taker.peakBytes - taker.baseBytes) / MIB,
      unit: "MiB",
    });
  } finally {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true });
  }
}
