import { concatBytes } from "../../core/bytes.ts";
import { failure } from "../../core/errors.ts";
import type { FolderSource } from "./source.ts";

/** A whole small file; undefined when there is none. Errors: download-length (beyond `limitBytes`) and the source's. */
export async function readSmall(
  source: FolderSource,
  path: string,
  limitBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const opened = await source.open(path, { start: 0 }, signal);
  if (opened === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of opened.body) {
    bytes += piece.length;
    if (bytes > limitBytes) {
      throw failure("download-length", `${path} is too large.`, `≤ ${limitBytes} bytes`, `more`);
    }
    pieces.push(piece);
  }
  return concatBytes(...pieces);
}
