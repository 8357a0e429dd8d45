import type { FolderSource } from "./source.ts";

/** Files that the user picked. */
export function fileSource(files: readonly File[], name = "Picked files"): FolderSource {
  const byName = new Map(files.map((file) => [file.name, file]));
  return {
    name: name.slice(0, 80),
    stepBytes: 1,
    async find(path) {
      const file = byName.get(path);
      return file && { bytes: file.size };
    },
    async open(path, { start, tag }) {
      const file = byName.get(path);
      if (file === undefined) return undefined;
      const now = `${file.lastModified}`;
      const from = tag === now && start <= file.size ? start : 0;
      return { start: from, total: file.size, tag: now, body: pieces(file, from) };
    },
  };
}

const PIECE_BYTES = 1024 * 1024;

async function* pieces(file: File, from: number): AsyncGenerator<Uint8Array> {
  for (let start = from; start < file.size; start += PIECE_BYTES) {
    yield new Uint8Array(await file.slice(start, start + PIECE_BYTES).arrayBuffer());
  }
}
