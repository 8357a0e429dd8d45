/**
 * Wire format of /parley/log-sync/2. Frames are canonical DAG-CBOR, each after its length as an unsigned varint
 * (https://github.com/multiformats/unsigned-varint), at most LIMITS.logSyncFrameBytes long. The dialler asks, the listener
 * answers each request by itself and remembers nothing but the heads that it had when the stream began.
 *
 *   request                                      answer
 *   compare  prints and lists of ranges of heads differ    what differs of them, up to a bound
 *   want     [author, from, to), `to` exclusive  messages  segments [author, from, [envelope, …]]
 *   give     segments                            taken     [author, count] of each: what is held now
 *   find     CIDs of messages                    found     envelopes, as far as held
 *   votes    root of a state                     found     votes for what follows it, as far as held
 *   epochs   root of a state                     archives  [epoch, message set, archive] of certified epochs after it
 *   done     the sync is over                    none
 *
 * Ranges and fingerprints are described in ranges.ts. `holds` in compare, differ, taken and done: how many messages of the other
 * side's own log the sender holds. Equal heads cost one compare with its answer, and done.
 * `left` in done: messages that the dialler has and did not give: the listener comes and gets them.
 *
 * An answer to want holds as much as fits one batch, the first asked range first. One without any message is refused
 * (items-not-delivered): who names a count can deliver it.
 */

import { bytesToHex, hexToBytes } from "../../core/bytes.ts";
import { decodeBlock, encodeBlock } from "../../core/codec/block.ts";
import { bytes, cid, count, hash, hex, integer, nodeId } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, Hash, NodeId } from "../../core/primitives.ts";
import { BRANCHES, LEAF_ITEMS, type Ranges } from "./ranges.ts";

export const LOG_SYNC_PROTOCOL = "/parley/log-sync/2";

/** Messages `from` … `to` − 1 of one author's log. */
export type LogRange = readonly [author: NodeId, from: number, to: number];
/** Consecutive envelopes of one author's log, the first with sequence number `from`. */
export type LogSegment = readonly [author: NodeId, from: number, envelopes: readonly Uint8Array[]];

export type EpochEntry = readonly [epoch: number, messageSet: Cid, archive: Cid];

export type SyncRequest =
  | (Ranges & { readonly kind: "compare"; readonly network: string; readonly holds: number })
  | { readonly kind: "want"; readonly ranges: readonly LogRange[] }
  | { readonly kind: "give"; readonly segments: readonly LogSegment[] }
  | { readonly kind: "find"; readonly network: string; readonly cids: readonly Cid[] }
  | { readonly kind: "votes"; readonly network: string; readonly after: Hash }
  | { readonly kind: "epochs"; readonly network: string; readonly after: Hash }
  | { readonly kind: "done"; readonly holds: number; readonly left: number };

export type SyncAnswer =
  | (Ranges & { readonly kind: "differ"; readonly upTo: string; readonly holds: number })
  | { readonly kind: "messages"; readonly segments: readonly LogSegment[] }
  | {
      readonly kind: "taken";
      readonly counts: readonly (readonly [NodeId, number])[];
      readonly holds: number;
    }
  | { readonly kind: "found"; readonly envelopes: readonly Uint8Array[] }
  | { readonly kind: "archives"; readonly epochs: readonly EpochEntry[] };

export type SyncFrame = SyncRequest | SyncAnswer;

/** Ranges of one compare, and parts and items of one answer: each is split once, or told. */
const ANSWERED_RANGES = LIMITS.logSyncComparedRanges * BRANCHES;
const ANSWERED_ITEMS = LIMITS.logSyncComparedRanges * LEAF_ITEMS + LIMITS.logSyncAnsweredItems;

const bound = z.codec(bytes(0, 32), z.string().regex(/^([0-9a-f]{2}){0,32}$/), {
  decode: (value) => bytesToHex(value),
  encode: (value) => hexToBytes(value),
});
const item = z.tuple([nodeId, count]).readonly();
const print = z.tuple([bound, bound, hex(16)]).readonly();
const prints = z.array(print).max(ANSWERED_RANGES).readonly();
const list = z.tuple([bound, bound, z.array(item).max(ANSWERED_ITEMS).readonly()]).readonly();
const lists = z.array(list).max(ANSWERED_RANGES).readonly();
const envelopes = z.array(bytes(1, LIMITS.messageBytes)).max(LIMITS.logSyncBatchMessages).readonly();
const segment = z.tuple([nodeId, count, envelopes]).readonly();
const segments = z.array(segment).max(LIMITS.logSyncRanges).readonly();
const network = z.string().max(128);

const isAscendingByEpoch = (epochs: readonly EpochEntry[]): boolean =>
  epochs.every(([epoch], at) => at === 0 || epoch > (epochs[at - 1]?.[0] ?? epoch));

const frame: z.ZodType<SyncFrame> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("compare"), network, holds: count, prints, lists }),
  z.strictObject({ kind: z.literal("differ"), upTo: bound, holds: count, prints, lists }),
  z.strictObject({
    kind: z.literal("want"),
    ranges: z
      .array(z.tuple([nodeId, count, integer(1)]).readonly())
      .max(LIMITS.logSyncRanges)
      .readonly(),
  }),
  z.strictObject({ kind: z.literal("messages"), segments }),
  z.strictObject({ kind: z.literal("give"), segments }),
  z.strictObject({
    kind: z.literal("taken"),
    counts: z.array(item).max(LIMITS.logSyncRanges).readonly(),
    holds: count,
  }),
  z.strictObject({
    kind: z.literal("find"),
    network,
    cids: z.array(cid).min(1).max(LIMITS.logSyncFoundMessages).readonly(),
  }),
  z.strictObject({ kind: z.literal("votes"), network, after: hash }),
  z.strictObject({ kind: z.literal("found"), envelopes }),
  z.strictObject({ kind: z.literal("epochs"), network, after: hash }),
  z.strictObject({
    kind: z.literal("archives"),
    epochs: z
      .array(z.tuple([count, cid, cid]).readonly())
      .max(LIMITS.archivesNamed)
      .readonly()
      .refine(isAscendingByEpoch, "not ascending by epoch"),
  }),
  z.strictObject({ kind: z.literal("done"), holds: count, left: count }),
]);

export function encodeFrame(value: SyncFrame): Uint8Array {
  return encodeBlock(frame, "log-sync frame", value);
}

/** Throws ParleyError only: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeFrame(encoded: Uint8Array): SyncFrame {
  return decodeBlock(frame, "log-sync frame", encoded, LIMITS.logSyncFrameBytes);
}
