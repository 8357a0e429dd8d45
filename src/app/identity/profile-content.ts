/** What a profile file holds inside its seal: DAG-CBOR of these fields, all bounded. */
import { adapter } from "../../core/artifacts/schema.ts";
import { decodeBlock, encodeBlock, type Schema } from "../../core/codec/block.ts";
import { bytes, cid, count, text, timestampMs } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { StoredPair, StoredPersonalAdapter, StoredThread, StoredTurn } from "../../ports/store.ts";
import type { KnownHead } from "./own-log-guard.ts";

export interface ProfileContent {
  readonly version: 1;
  readonly exportedAtMs: number;
  readonly seed: Uint8Array;
  /** Null: it follows from the seed. */
  readonly operatorKey: Uint8Array | null;
  /** The exporting device writes no more with this identity. */
  readonly isFinal: boolean;
  /** Where the identity's log ended, for each network that the exporting device knew of. */
  readonly heads: readonly KnownHead[];
  readonly settings: readonly { readonly key: string; readonly value: Uint8Array }[];
  readonly pairs: readonly StoredPair[];
  readonly threads: readonly StoredThread[];
  readonly turns: readonly StoredTurn[];
  readonly adapters: readonly StoredPersonalAdapter[];
}

const id = text(1, 200);
const words = text(0, LIMITS.profileTextCharacters);

const pair = z.strictObject({
  id,
  prompt: words,
  answer: words,
  rejectedAnswer: z.exactOptional(words),
  createdAtMs: timestampMs,
  adoptedInEpoch: z.exactOptional(count),
});
const thread = z.strictObject({ id, title: words, createdAtMs: timestampMs, updatedAtMs: timestampMs });
const turn = z.strictObject({
  id,
  threadId: id,
  index: count,
  role: z.enum(["user", "assistant"]),
  content: words,
  createdAtMs: timestampMs,
  correctedTo: z.exactOptional(words),
  thumb: z.exactOptional(z.enum(["up", "down"])),
  stoppedBy: z.exactOptional(z.enum(["end", "length", "stop", "abort"])),
});
const { version: _, ...adapterFields } = adapter.shape;
const personal = z.strictObject({
  baseModel: cid,
  adapter: z.strictObject(adapterFields),
  updatedAtMs: timestampMs,
});

const schema: Schema<ProfileContent> = z.strictObject({
  version: z.literal(1),
  exportedAtMs: timestampMs,
  seed: bytes(32, 32),
  operatorKey: z.nullable(bytes(32, 32)),
  isFinal: z.boolean(),
  heads: z
    .array(z.strictObject({ network: cid, count, last: z.nullable(cid) }))
    .max(LIMITS.profileNetworks)
    .readonly(),
  settings: z
    .array(z.strictObject({ key: id, value: bytes(0, LIMITS.profileSettingBytes) }))
    .max(LIMITS.profileSettings)
    .readonly(),
  pairs: z.array(pair).max(LIMITS.profilePairs).readonly(),
  threads: z.array(thread).max(LIMITS.profileThreads).readonly(),
  turns: z.array(turn).max(LIMITS.profileTurns).readonly(),
  adapters: z.array(personal).max(LIMITS.profileAdapters).readonly(),
});

/** Errors: unencodable, profile-large. */
export function encodeProfile(content: ProfileContent): Uint8Array {
  const block = encodeBlock(schema, "profile", content);
  if (block.length > LIMITS.profileFileBytes) {
    const [expected, received] = [`${LIMITS.profileFileBytes} bytes`, `${block.length}`];
    throw failure(
      "profile-large",
      "This profile is too large for one file. Leave chats out.",
      expected,
      received,
    );
  }
  return block;
}

/** Errors: those of decodeBlock. */
export function decodeProfile(block: Uint8Array): ProfileContent {
  return decodeBlock(schema, "profile", block, LIMITS.profileFileBytes);
}
