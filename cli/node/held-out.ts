import { encodeHeldOut, type HeldOutPair } from "../../src/core/artifacts/held-out.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { text } from "../../src/core/codec/fields.ts";
import { z } from "../../src/core/codec/zod.ts";
import { failure, ParleyError } from "../../src/core/errors.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { Cid, NodeId } from "../../src/core/primitives.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "../../src/ports/store.ts";
import { type Log, logError } from "./log.ts";
import { isReadByOthers } from "./state-folder.ts";
import { WatchedFile } from "./watched-file.ts";

/** CIDs of the lists that were taken from the file, the last ones last: what was shown once is never promised again. */
const TAKEN_KEY = `${NETWORK_VALUE_PREFIX}held-out-taken`;
const EXPECTED = '[[{"prompt": "…", "answer": "…"}, …], …]: one list for each epoch that is judged by it';

const schema = z
  .array(
    z
      .array(
        z.strictObject({
          prompt: text(1, LIMITS.promptCharacters),
          answer: text(1, LIMITS.correctionCharacters),
        }),
      )
      .min(1)
      .max(LIMITS.heldOutPairs),
  )
  .min(1)
  .max(LIMITS.heldOutLists);
const takenSchema = z.array(z.string());

export interface HeldOutParts {
  readonly file: string;
  readonly store: Store;
  readonly self: NodeId;
  /** Whom the network's parameters name now. */
  readonly keeper: () => NodeId | null;
  /** Keeps one list until its turn. Errors: those of the node. */
  readonly keep: (pairs: readonly HeldOutPair[]) => Promise<void>;
  readonly log: Log;
}

/** Gives the node the lists of held-out tasks in a file, each once, while it is the network's keeper. */
export class HeldOutFile {
  readonly #parts: HeldOutParts;
  readonly #file: WatchedFile;
  /** The keeper that was told of in the log: another node, or nobody. */
  #toldOf: NodeId | null | undefined;

  constructor(parts: HeldOutParts) {
    this.#parts = parts;
    this.#file = new WatchedFile(parts.file, LIMITS.heldOutFileBytes, "held-out-file");
  }

  /** Reads the file when it has changed. What is wrong with it stands in the log. Errors: the store's. */
  async look(): Promise<void> {
    const { log, self } = this.#parts;
    const keeper = this.#parts.keeper();
    if (keeper !== self) {
      if (this.#toldOf === keeper) return;
      this.#toldOf = keeper;
      log("warn", `Held-out tasks wait: the network's keeper is ${keeper ?? "nobody"}, this node is ${self}`);
      return;
    }
    this.#toldOf = undefined;
    try {
      const bytes = await this.#file.news();
      if (bytes !== undefined) await this.#take(parseHeldOutFile(bytes));
    } catch (thrown) {
      if (!(thrown instanceof ParleyError)) throw thrown;
      logError(log, "warn", "No held-out tasks from the file", thrown.data);
    }
  }

  async #take(lists: readonly (readonly HeldOutPair[])[]): Promise<void> {
    const { file, store, keep, log } = this.#parts;
    if (await isReadByOthers(file)) {
      log("warn", `Others on this machine may read ${file}, and train on it: chmod 600 it`);
    }
    const taken = new Set(await readTaken(store));
    let added = 0;
    for (const pairs of lists) {
      const cid = tasksCid(pairs);
      if (taken.has(cid)) continue;
      // Kept first: a list that is kept twice is one, a list that is only noted is lost.
      await keep(pairs);
      taken.add(cid);
      await writeTaken(store, [...taken]);
      added++;
    }
    log("info", `Held-out tasks: ${added} new lists of ${lists.length} in the file`);
  }
}

/** Lists of 1 to LIMITS.heldOutPairs tasks. Errors: held-out-file; nothing of the tasks is in them. */
export function parseHeldOutFile(bytes: Uint8Array): readonly (readonly HeldOutPair[])[] {
  const parsed = schema.safeParse(jsonOf(bytes));
  if (!parsed.success) throw malformed(z.prettifyError(parsed.error));
  for (const [index, pairs] of parsed.data.entries()) {
    const size = encodeHeldOut({ version: 1, pairs }).length;
    if (size <= LIMITS.heldOutBytes) continue;
    const expected = `at most ${LIMITS.heldOutBytes} bytes`;
    throw failure("held-out-file", `List ${index + 1} of the file is too large`, expected, `${size}`);
  }
  return parsed.data;
}

/** The parser's own words would show what is in the file. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw malformed("no JSON in UTF-8");
  }
}

const malformed = (received: string) =>
  failure("held-out-file", "The file holds no lists of held-out tasks", EXPECTED, received);

const tasksCid = (pairs: readonly HeldOutPair[]): Cid => cidOf(encodeHeldOut({ version: 1, pairs }));

/** Written by this file alone. */
async function readTaken(store: Store): Promise<readonly Cid[]> {
  const bytes = await store.getValue(TAKEN_KEY);
  return bytes === undefined ? [] : takenSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

async function writeTaken(store: Store, taken: readonly Cid[]): Promise<void> {
  const kept = taken.slice(-LIMITS.heldOutTaken);
  await store.setValue(TAKEN_KEY, new TextEncoder().encode(JSON.stringify(kept)));
}
