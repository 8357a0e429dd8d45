import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { z } from "../../src/core/codec/zod.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const lineSchema = z.looseObject({ level: z.string(), text: z.string(), code: z.string().optional() });
const statusSchema = z.looseObject({
  level: z.literal("status"),
  direct: z.int(),
  headEpoch: z.int(),
  headRoot: z.string(),
  blocks: z.int(),
  missingBlocks: z.int(),
  pinnedEpoch: z.int(),
  memoryBytes: z.int(),
  staked: z.boolean(),
});

export type PeerLine = z.infer<typeof lineSchema>;
export type PeerStatus = z.infer<typeof statusSchema>;

/** A node peer in a process of its own, as an operator starts it. */
export class PeerProcess {
  readonly lines: PeerLine[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  /** It has ended, and all that it said was heard. */
  readonly #silent: Promise<unknown>;
  readonly #listeners = new Set<(line: PeerLine) => void>();

  constructor(url: string, state: string, args: readonly string[] = []) {
    const command = [
      "cli/parley.js",
      "node",
      "--json",
      "--url",
      url,
      "--state",
      state,
      "--threads",
      "1",
      ...args,
    ];
    this.#process = spawn(process.execPath, command, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    this.#silent = once(this.#process, "close");
    this.#ended = once(this.#process, "exit").then(([status]) =>
      typeof status === "number" ? status : null,
    );
    if (this.#process.stdout !== null) {
      createInterface(this.#process.stdout).on("line", (text) =>
        this.#hear(lineSchema.parse(JSON.parse(text))),
      );
    }
  }

  /** The first line, already there or to come, that fits. */
  async line(fits: (line: PeerLine) => boolean): Promise<PeerLine> {
    return this.lines.find(fits) ?? this.#next(fits);
  }

  /** What it says of itself when it is asked now. */
  async status(): Promise<PeerStatus> {
    const told = this.#next(({ level }) => level === "status");
    this.#process.kill("SIGUSR1");
    return statusSchema.parse(await told);
  }

  /** Resolves with the exit status. */
  async stop(): Promise<number | null> {
    this.#process.kill("SIGTERM");
    return this.#ended;
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #hear(line: PeerLine): void {
    this.lines.push(line);
    for (const listener of this.#listeners) listener(line);
  }

  #next(fits: (line: PeerLine) => boolean): Promise<PeerLine> {
    return new Promise((resolve, reject) => {
      const listener = (line: PeerLine): void => {
        if (!fits(line)) return;
        this.#listeners.delete(listener);
        resolve(line);
      };
      this.#listeners.add(listener);
      void this.#silent
        .then(() => this.#ended)
        .then((status) => reject(new Error(`the peer ended with ${status}: ${this.text()}`)));
    });
  }

  text(): string {
    return this.lines.map(({ level, text }) => `${level} ${text}`).join("\n");
  }
}

/** A folder for the states of peers, and how to remove it. */
export function peersFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "parley-peers-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
