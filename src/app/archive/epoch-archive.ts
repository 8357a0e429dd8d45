/**
 * A certified epoch as one CARv1 file. Root: the message set. Blocks in this order: the set, its members as it lists them,
 * the manifest. All of that follows from the set's CID, so every holder makes the same file with the same CID (raw,
 * sha2-256), whenever it makes it. The certificate's votes are not in it: which of them came before the epoch was
 * certified differs from node to node; they are asked for by LogSync.fetchVotes. Made and read as a stream.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type CarBlock, CarReader, carHeader, carSection } from "../../core/artifacts/car.ts";
import { cidOfDigest } from "../../core/codec/dag-cbor.ts";
import { failure, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { StoredEpoch } from "../../ports/store.ts";
import type { DecodeMessage } from "../node/dependencies.ts";

export interface ArchiveSource {
  /** Also of messages beside the logs. */
  load(cid: Cid): Promise<Message | undefined>;
}

type ArchivedEpoch = Pick<StoredEpoch, "messageSetCid" | "manifestCid">;

/** The file, piece by piece. Errors: member-missing, and those of Artifacts.get. */
export async function* epochArchive(
  { messageSetCid, manifestCid }: ArchivedEpoch,
  source: ArchiveSource,
  artifacts: Pick<Artifacts, "get">,
): AsyncGenerator<Uint8Array> {
  const held = async (cid: Cid): Promise<Message> => {
    const message = await source.load(cid);
    if (message === undefined) throw failure("member-missing", "A message of this epoch is not held", cid);
    return message;
  };
  const set = await held(messageSetCid);
  if (set.kind !== "message-set") throw failure("member-missing", "This is no message set", messageSetCid);
  yield carHeader(messageSetCid);
  yield carSection(set);
  for (const cid of set.envelope.body.messages) yield carSection(await held(cid));
  yield carSection({ cid: manifestCid, bytes: await artifacts.get(manifestCid) });
}

/** The CID under which everybody knows this file. */
export async function archiveCid(pieces: AsyncIterable<Uint8Array>): Promise<Cid> {
  const hash = sha256.create();
  for await (const piece of pieces) hash.update(piece);
  return cidOfDigest(hash.digest(), "raw");
}

export interface ArchivePart {
  /** Encoded messages, the set first, in the order of the file; their signatures have yet to be looked at. */
  readonly messages: readonly Uint8Array[];
  /** With the last part. */
  readonly manifest?: CarBlock;
}

/**
 * The contents of an archive as it comes, in parts of at most LIMITS.logSyncBatchMessages messages. The set's signature is
 * checked; hash and place of everything else follow from it. Errors: those of CarReader and `decode`, archive-order.
 */
export async function* readEpochArchive(
  messageSetCid: Cid,
  pieces: AsyncIterable<Uint8Array>,
  decode: DecodeMessage,
): AsyncGenerator<ArchivePart> {
  const reader = new CarReader(messageSetCid);
  let members: readonly Cid[] | undefined;
  let messages: Uint8Array[] = [];
  let [at, bytes] = [0, 0];
  let manifest: CarBlock | undefined;
  for await (const piece of pieces) {
    for (const block of reader.push(piece)) {
      if (members === undefined) members = await membersOf(messageSetCid, block, decode);
      else if (at === members.length) {
        if (manifest !== undefined) throw outOfOrder("the end after the manifest", block.cid);
        manifest = block;
        continue;
      } else if (block.cid === members[at]) at++;
      else throw outOfOrder(members[at] ?? "", block.cid);
      messages.push(block.bytes);
      bytes += block.bytes.length;
      if (messages.length < LIMITS.logSyncBatchMessages && bytes < LIMITS.logSyncBatchBytes) continue;
      yield { messages };
      messages = [];
      bytes = 0;
    }
  }
  reader.end();
  if (manifest === undefined) throw outOfOrder("a manifest", "the end");
  yield { messages, manifest };
}

async function membersOf(set: Cid, block: CarBlock, decode: DecodeMessage): Promise<readonly Cid[]> {
  if (block.cid !== set) throw outOfOrder(set, block.cid);
  const message = await decode(block.bytes);
  if (message.kind !== "message-set") throw outOfOrder("a message set", message.kind);
  return message.envelope.body.messages;
}

const outOfOrder = (expected: string, received: string) =>
  reject("archive-order", "This archive is not made as all others are", expected, received);
