import { z } from "../../core/codec/zod.ts";
import type { ModelFiles } from "../../ports/model-files.ts";
import { parseJson } from "../manifest.ts";

/** Beside the files of a model that has not come whole yet. */
export const RECORD_FILE = "download.json";

const SourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("url"), url: z.string() }),
  z.strictObject({ kind: z.literal("peers"), cid: z.string() }),
]);

const RecordSchema = z.strictObject({
  name: z.string(),
  source: SourceSchema.optional(),
  /** Of all files, as far as sizes are known. */
  bytes: z.int().min(0),
  /** State of each file that was begun, as its source names it. */
  tags: z.record(z.string(), z.string()),
  /** Files that came whole and were hashed. */
  done: z.record(z.string(), z.strictObject({ path: z.string(), bytes: z.int(), cid: z.string() })),
});
export type DownloadRecord = z.infer<typeof RecordSchema>;

/** Undefined where there is none, or one that a crash cut off. */
export async function readRecord(files: ModelFiles, folder: string): Promise<DownloadRecord | undefined> {
  const kept = (await files.list(folder)).find(({ path }) => path === RECORD_FILE);
  if (kept === undefined) return undefined;
  try {
    const bytes = await files.read(folder, RECORD_FILE, 0, kept.bytes);
    return RecordSchema.safeParse(parseJson(bytes, RECORD_FILE)).data;
  } catch {
    return undefined;
  }
}

export function writeRecord(files: ModelFiles, folder: string, record: DownloadRecord): Promise<void> {
  return writeWhole(files, folder, RECORD_FILE, new TextEncoder().encode(JSON.stringify(record)));
}

/** Puts a small file in place of what is there. */
export async function writeWhole(
  files: ModelFiles,
  folder: string,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const writer = await files.write(folder, path);
  try {
    await writer.cutTo(0);
    await writer.append(bytes);
  } finally {
    await writer.close();
  }
}
