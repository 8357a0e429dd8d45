/**
 * Wire format of /parley/log-sync/1. Frames are canonical DAG-CBOR, each after its length as an unsigned varint
 * (https://github.com/multiformats/unsigned-varint), at most LIMITS.logSyncFrameBytes long.
 *
 *   dialler → listener   heads     what I hold: [author, count] each
 *   listener → dialler   heads
 *   dialler → listener   want      ranges [author, from, to), `to` exclusive   ┐ again until nothing is missing
 *   listener → dialler   messages  segments [author, from, [envelope, …]]     ┘
 *   dialler → listener   done
 *   listener → dialler   want …    the same with the roles exchanged, up to done
 *
 * The answer to a want holds as much as fits one batch; an empty one says that nothing of it is held.
 */

import { decodeBlock, encodeBlock } from "../../core/codec/block.ts";
import { bytes, count, nodeId } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";

export const LOG_SYNC_PROTOCOL = "/parley/log-sync/1";

/** Messages `from` … `to` − 1 of one author's log. */
export type LogRange = readonly [author: NodeId, from: number, to: number];
/** Consecutive envelopes of one author's log, the first with sequence number `from`. */
export type LogSegment = readonly [author: NodeId, from: number, envelopes: readonly Uint8Array[]];

export type SyncFrame =
  | {
      readonly kind: "heads";
      readonly network: string;
      readonly heads: readonly (readonly [NodeId, number])[];
    }
  | { readonly kind: "want"; readonly ranges: readonly LogRange[] }
  | { readonly kind: "messages"; readonly segments: readonly LogSegment[] }
  | { readonly kind: "done" };

const envelopes = z.array(bytes(1, LIMITS.messageBytes)).max(LIMITS.logSyncBatchMessages).readonly();

const frame: z.ZodType<SyncFrame> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("heads"),
    network: z.string().max(128),
    heads: z
      .array(z.tuple([nodeId, count]).readonly())
      .max(LIMITS.logSyncAuthors)
      .readonly(),
  }),
  z.strictObject({
    kind: z.literal("want"),
    ranges: z
      .array(z.tuple([nodeId, count, count]).readonly())
      .max(LIMITS.logSyncRanges)
      .readonly(),
  }),
  z.strictObject({
    kind: z.literal("messages"),
    segments: z
      .array(z.tuple([nodeId, count, envelopes]).readonly())
      .max(LIMITS.logSyncRanges)
      .readonly(),
  }),
  z.strictObject({ kind: z.literal("done") }),
]);

export function encodeFrame(value: SyncFrame): Uint8Array {
  return encodeBlock(frame, "log-sync frame", value);
}

/** Throws ParleyError only: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeFrame(encoded: Uint8Array): SyncFrame {
  return decodeBlock(frame, "log-sync frame", encoded, LIMITS.logSyncFrameBytes);
}
