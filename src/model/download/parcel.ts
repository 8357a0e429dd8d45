import type { CID } from "multiformats/cid";

import { decodeCbor, encodeCbor, parseCid } from "../../core/codec/dag-cbor.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { throwIfAborted } from "../engine/aborted.ts";
import type { CheckedFolder } from "../folder.ts";
import { manifestFiles, parseManifest } from "../manifest.ts";
import { loadAhead } from "./ahead.ts";
import type { FolderSource } from "./source.ts";

/**
 * A model as blocks that peers exchange: DAG-CBOR
 *   { version: 1, manifest: bytes of model.json, files: { path: [links to blocks] } }
 * Each block is a DAG-CBOR byte string of LIMITS.modelChunkBytes; the last of a file is shorter.
 */
const ParcelSchema = z.strictObject({
  version: z.literal(1),
  manifest: z.instanceof(Uint8Array),
  files: z.record(
    z.string().max(64),
    z.array(z.unknown()).max(LIMITS.modelFileBytes / LIMITS.modelChunkBytes),
  ),
});

/** Blocks asked for side by side: enough for several peers to send at once; each waits in memory for the ones before it. */
const BLOCKS_AHEAD = 6;

/** Puts a model's files into blocks; gives the parcel's CID. Errors: model-file-missing, aborted and the store's. */
export async function putParcel(
  artifacts: Pick<Artifacts, "put">,
  folder: CheckedFolder,
  { onProgress, signal }: { onProgress?: OnProgress | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Cid> {
  const manifest = await folder.read("model.json");
  const contents = manifestFiles(parseManifest(manifest));
  const total = contents.reduce((sum, { bytes }) => sum + bytes, 0);
  const files: Record<string, CID[]> = {};
  let done = 0;
  for (const { path, bytes } of contents) {
    const links: CID[] = [];
    for (let start = 0; start < bytes; start += LIMITS.modelChunkBytes) {
      throwIfAborted(signal);
      const chunk = await folder.readRange(path, start, Math.min(bytes, start + LIMITS.modelChunkBytes));
      links.push(parseCid(await artifacts.put(encodeCbor(chunk))));
      done += chunk.length;
      onProgress?.({ step: `Preparing ${path} for peers`, done, total });
    }
    files[path] = links;
  }
  return artifacts.put(encodeCbor({ version: 1, manifest, files }));
}

/** Deletes a parcel's blocks; nothing where this device does not hold it. Errors: model-parcel. */
export async function dropParcel(
  artifacts: Pick<Artifacts, "get" | "has" | "delete">,
  cid: Cid,
): Promise<void> {
  if (!(await artifacts.has(cid))) return;
  const { files } = parseParcel(await artifacts.get(cid));
  for (const link of Object.values(files).flat()) await artifacts.delete(String(link));
  // Last: while it is there, what was interrupted can be done again.
  await artifacts.delete(cid);
}

function parseParcel(block: Uint8Array): z.infer<typeof ParcelSchema> {
  const parsed = ParcelSchema.safeParse(decodeCbor(block));
  if (parsed.success) return parsed.data;
  throw failure("model-parcel", "This CID names no model.", "a parcel", z.prettifyError(parsed.error));
}

/** The files of a parcel, block by block from peers. Errors: model-parcel, and those of fetching. */
export async function peerSource(
  artifacts: Pick<Artifacts, "get">,
  cid: Cid,
  signal?: AbortSignal,
): Promise<FolderSource> {
  const get = (block: Cid) => artifacts.get(block, signal === undefined ? {} : { signal });
  const { manifest, files } = parseParcel(await get(cid));
  const sizes = new Map(manifestFiles(parseManifest(manifest)).map(({ path, bytes }) => [path, bytes]));
  const links = linksOf(files, sizes);
  return {
    name: parseManifest(manifest).name,
    stepBytes: LIMITS.modelChunkBytes,
    async find(path) {
      return path === "model.json"
        ? { bytes: manifest.length }
        : sizes.has(path)
          ? { bytes: sizes.get(path) }
          : undefined;
    },
    async open(path, { start }) {
      if (path === "model.json") return { start: 0, total: manifest.length, tag: cid, body: once(manifest) };
      const blocks = links.get(path)?.slice(start / LIMITS.modelChunkBytes);
      return blocks && { start, total: sizes.get(path), tag: cid, body: contents(blocks, get) };
    },
  };
}

function linksOf(
  files: Readonly<Record<string, readonly unknown[]>>,
  sizes: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly Cid[]> {
  return new Map(
    Array.from(sizes, ([path, bytes]) => {
      const links = files[path] ?? [];
      const expected = Math.ceil(bytes / LIMITS.modelChunkBytes);
      if (links.length !== expected) {
        throw failure(
          "model-parcel",
          `The parcel lacks parts of ${path}.`,
          `${expected} blocks`,
          `${links.length}`,
        );
      }
      return [path, links.map((link) => String(link))];
    }),
  );
}

async function* contents(
  blocks: readonly Cid[],
  get: (cid: Cid) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* loadAhead(blocks, BLOCKS_AHEAD, async (block) => {
    const content = decodeCbor(await get(block));
    if (content instanceof Uint8Array) return content;
    throw failure("model-parcel", "A block holds no bytes.", "bytes", block);
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
