import { createHash } from "node:crypto";
import { z } from "../../src/core/codec/zod.ts";
import { failure } from "../../src/core/errors.ts";
import { LIMITS } from "../../src/core/limits.ts";
import type { Store } from "../../src/ports/store.ts";
import { WatchedFile } from "./watched-file.ts";

const schema = z
  .array(
    z.object({
      prompt: z.string().min(1).max(LIMITS.promptCharacters),
      answer: z.string().min(1).max(LIMITS.correctionCharacters),
    }),
  )
  .max(100_000);

/** A file with corrections, read again when it changes. */
export class PairsFile {
  readonly #file: WatchedFile;

  constructor(file: string) {
    this.#file = new WatchedFile(file, LIMITS.pairsFileBytes, "pairs-file");
  }

  /** How many pairs were new; undefined when the file is as it was. Errors: pairs-file. */
  async importInto(store: Store, nowMs: number): Promise<number | undefined> {
    const bytes = await this.#file.news();
    if (bytes === undefined) return undefined;
    const known = new Set((await store.listPairs()).map(({ id }) => id));
    let added = 0;
    for (const { prompt, answer } of parsePairs(bytes)) {
      const id = idOf(prompt, answer);
      if (known.has(id)) continue;
      known.add(id);
      await store.putPair({ id, prompt, answer, createdAtMs: nowMs + added });
      added++;
    }
    return added;
  }
}

/** Errors: pairs-file. */
export function parsePairs(bytes: Uint8Array): z.output<typeof schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch (thrown) {
    const issue = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
    throw failure("pairs-file", "The file holds no corrections", '[{"prompt": "…", "answer": "…"}]', issue);
  }
}

/** The same correction twice is one. */
function idOf(prompt: string, answer: string): string {
  return `file-${createHash("sha256")
    .update(JSON.stringify([prompt, answer]))
    .digest("hex")
    .slice(0, 32)}`;
}
