/** What a node remembers of the archives that it can make: small values, so that a list of hundreds is read at once. */
import { decodeBlock, encodeBlock, type Schema } from "../../core/codec/block.ts";
import { bytes, cid, count, hash } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, Hash } from "../../core/primitives.ts";
import type { ArchivedEpoch } from "../../ports/log-sync.ts";
import { NETWORK_VALUE_PREFIX, type Store } from "../../ports/store.ts";

export interface ArchiveRecord extends ArchivedEpoch {
  readonly stateRoot: Hash;
}

/** What its file is made of, besides messages. */
export interface ArchiveParts {
  readonly messageSetCid: Cid;
  readonly manifestCid: Cid;
  /** Kept here because the network forgets it when the epoch can be disputed no more. */
  readonly manifest: Uint8Array;
}

type Values = Pick<Store, "getValue" | "setValue">;

const recordSchema: Schema<ArchiveRecord> = z.strictObject({
  epoch: count,
  messageSetCid: cid,
  archiveCid: cid,
  stateRoot: hash,
});
const partsSchema: Schema<ArchiveParts> = z.strictObject({
  messageSetCid: cid,
  manifestCid: cid,
  manifest: bytes(1, LIMITS.artifactBytes),
});
/** Beside the manifest. */
const MORE_BYTES = 1_024;

const afterKey = (root: Hash) => `${NETWORK_VALUE_PREFIX}archive/after/${root}`;
const ofKey = (archive: Cid) => `${NETWORK_VALUE_PREFIX}archive/of/${archive}`;

/** The epoch that follows a state; undefined when its archive is not known here. Damage counts as that. */
export async function recordAfter(store: Values, root: Hash): Promise<ArchiveRecord | undefined> {
  const value = await store.getValue(afterKey(root));
  return value && decoded(() => decodeBlock(recordSchema, "archive record", value, MORE_BYTES));
}

export async function partsOf(store: Values, archive: Cid): Promise<ArchiveParts | undefined> {
  const value = await store.getValue(ofKey(archive));
  const most = LIMITS.artifactBytes + MORE_BYTES;
  return value && decoded(() => decodeBlock(partsSchema, "archive parts", value, most));
}

/** The parts first: what is named can be made. */
export async function keepRecord(
  store: Values,
  previousRoot: Hash,
  record: ArchiveRecord,
  parts: ArchiveParts,
): Promise<void> {
  await store.setValue(ofKey(record.archiveCid), encodeBlock(partsSchema, "archive parts", parts));
  await store.setValue(afterKey(previousRoot), encodeBlock(recordSchema, "archive record", record));
}

function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
