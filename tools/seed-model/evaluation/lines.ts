import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Entity } from "../../../src/app/assistant/entities/entity.ts";
import { INTENT_TABLE } from "../../../src/app/assistant/intents.ts";

const LineSchema = z.strictObject({
  text: z.string().min(1),
  intent: z.object({ intent: z.string() }).catchall(z.string()),
});
/** An utterance and what is right for it, slots as the exact words (intents.ts describes the format). */
export type Line = z.infer<typeof LineSchema>;

/** All lines of a folder's .jsonl files. */
export async function readLines(folder: string): Promise<Line[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).toSorted();
  const files = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
  return files.flatMap((text) =>
    text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => LineSchema.parse(JSON.parse(line))),
  );
}

/**
 * For every slot that should be filled, the values that are right: the labels of what was recognised where the slot's words
 * stand, or the fixed value. Words marked as bad (a wrong checksum) leave the slot out; words that nothing was recognised in
 * leave an empty list, which no output satisfies.
 */
export function rightSlots(
  { text, intent: { intent, ...slots } }: Line,
  entities: readonly Entity[],
): Map<string, string[]> {
  const right = new Map<string, string[]>();
  for (const [slot, words] of Object.entries(slots)) {
    const spec = INTENT_TABLE[intent]?.slots[slot];
    if (spec?.values !== undefined) right.set(slot, [words]);
    else {
      const there = entities.filter((entity) => occursAt(text, words, entity));
      const fitting = there.filter(({ value: { kind } }) => spec?.marks?.includes(kind) === true);
      const bad = fitting.length === 0 && there.some(({ value: { kind } }) => kind === "bad");
      if (!bad)
        right.set(
          slot,
          fitting.map(({ label }) => label),
        );
    }
  }
  return right;
}

function occursAt(text: string, words: string, { start, end }: Entity): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (at < end && at + words.length > start) return true;
  }
  return false;
}
