import { sha256 } from "@noble/hashes/sha2.js";
import { cidOfDigest } from "../../core/codec/dag-cbor.ts";
import { failure, ParleyError } from "../../core/errors.ts";
import type { Cid } from "../../core/primitives.ts";
import type { ModelFiles, ModelFileWriter } from "../../ports/model-files.ts";
import type { ModelFile } from "../manifest.ts";
import type { FolderSource, OpenedFile } from "./source.ts";

/** A file to bring, and what is known of it before. */
export interface WantedFile {
  readonly path: string;
  readonly limitBytes: number;
  /** From a manifest, or what the source says. */
  readonly bytes?: number | undefined;
  readonly cid?: Cid | undefined;
}

export interface Transfer {
  readonly files: ModelFiles;
  readonly folder: string;
  readonly source: FolderSource;
  /** Tag of what is there of the file, from an earlier call. */
  readonly tag: string | undefined;
  /** Called before bytes of a state with this tag are kept. */
  onTag(tag: string | undefined): Promise<void>;
  /** Bytes of the file that are there. */
  onBytes(bytes: number): void;
  readonly signal: AbortSignal | undefined;
}

/** What a crash may cost. */
const FLUSH_BYTES = 8 * 1024 * 1024;
const REHASH_BYTES = 4 * 1024 * 1024;

/**
 * Brings a file and hashes it on the way. What came stays on the device when the connection breaks; it is tried again
 * at once as long as that gets on. Errors: download-interrupted, download-length, model-file-changed, aborted,
 * model-file-missing and those of the device.
 */
export async function bringFile(wanted: WantedFile, transfer: Transfer): Promise<ModelFile> {
  const writer = await transfer.files.write(transfer.folder, wanted.path);
  try {
    let { tag } = transfer;
    for (;;) {
      const before = writer.bytes;
      try {
        return await attempt(wanted, writer, {
          ...transfer,
          tag,
          async onTag(now) {
            if (now !== tag) await transfer.onTag(now);
            tag = now;
          },
        });
      } catch (thrown) {
        const isBroken = thrown instanceof ParleyError && thrown.code === "download-interrupted";
        if (!isBroken || writer.bytes <= before) throw thrown;
      }
    }
  } finally {
    await writer.close();
  }
}

async function attempt(wanted: WantedFile, writer: ModelFileWriter, transfer: Transfer): Promise<ModelFile> {
  const { source, signal } = transfer;
  // A whole file needs nobody: it has the right hash or not.
  if (wanted.cid === undefined || writer.bytes !== wanted.bytes) {
    await writer.cutTo(writer.bytes - (writer.bytes % source.stepBytes));
    // Without a hash to compare with, only the source can say that the rest belongs to what is there.
    const opened = await source.open(wanted.path, { start: writer.bytes, tag: transfer.tag }, signal);
    if (opened === undefined) {
      throw failure("model-file-missing", `${wanted.path} is not in the model's folder.`, wanted.path);
    }
    return receive(wanted, writer, opened, transfer);
  }
  const hash = await hashOf(wanted.path, writer.bytes, transfer);
  return finish(wanted, writer, hash.digest());
}

async function receive(
  wanted: WantedFile,
  writer: ModelFileWriter,
  opened: OpenedFile,
  transfer: Transfer,
): Promise<ModelFile> {
  const { path } = wanted;
  const total = opened.total ?? wanted.bytes;
  checkLength(path, total, wanted);
  await writer.cutTo(opened.start);
  await transfer.onTag(opened.tag);
  const hash = await hashOf(path, opened.start, transfer);
  let flushed = writer.bytes;
  for await (const piece of opened.body) {
    if (transfer.signal?.aborted) throw failure("aborted", "The download was stopped.");
    if (writer.bytes + piece.length > (total ?? wanted.limitBytes)) {
      await writer.cutTo(0);
      throw failure(
        "download-length",
        `More came of ${path} than was said.`,
        `${total ?? wanted.limitBytes} bytes`,
        "more",
      );
    }
    await writer.append(piece);
    hash.update(piece);
    transfer.onBytes(writer.bytes);
    if (writer.bytes - flushed >= FLUSH_BYTES) {
      await writer.flush();
      flushed = writer.bytes;
    }
  }
  if (transfer.signal?.aborted) throw failure("aborted", "The download was stopped.");
  if (total !== undefined && writer.bytes < total) {
    throw failure("download-interrupted", `${path} ended too early.`, `${total} bytes`, `${writer.bytes}`);
  }
  return finish(wanted, writer, hash.digest());
}

/** Before anything is kept: a file that says it is too large is not loaded. */
function checkLength(path: string, total: number | undefined, wanted: WantedFile): void {
  if (total === undefined) return;
  if (wanted.cid !== undefined && wanted.bytes !== undefined && total !== wanted.bytes) {
    throw failure(
      "model-file-changed",
      `${path} is not the file that model.json names.`,
      `${wanted.bytes} bytes`,
      `${total}`,
    );
  }
  if (total > wanted.limitBytes || total === 0) {
    throw failure(
      "download-length",
      `${path} has an impossible size.`,
      `1 to ${wanted.limitBytes} bytes`,
      `${total}`,
    );
  }
}

async function finish(wanted: WantedFile, writer: ModelFileWriter, digest: Uint8Array): Promise<ModelFile> {
  const cid = cidOfDigest(digest, "raw");
  if (wanted.cid !== undefined && cid !== wanted.cid) {
    await writer.cutTo(0);
    throw failure(
      "model-file-changed",
      `${wanted.path} is not the file that model.json names.`,
      wanted.cid,
      cid,
    );
  }
  return { path: wanted.path, bytes: writer.bytes, cid };
}

/** The hash of the first bytes of what is there: a continued file is hashed whole. */
async function hashOf(path: string, bytes: number, { files, folder, onBytes, signal }: Transfer) {
  const hash = sha256.create();
  for (let start = 0; start < bytes; start += REHASH_BYTES) {
    if (signal?.aborted) throw failure("aborted", "The download was stopped.");
    hash.update(await files.read(folder, path, start, Math.min(bytes, start + REHASH_BYTES)));
  }
  onBytes(bytes);
  return hash;
}
