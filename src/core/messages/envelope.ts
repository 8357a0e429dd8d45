/**
 * Wire format of every message: the canonical DAG-CBOR map
 *
 *   { version: 1, network: link, author: bytes 32, sequence: int, previous: link | null,
 *     timestampMs: int, kind: text, body: map, signature: bytes 64 }
 *
 * The signature is Ed25519 over utf8("parley/envelope/1") ‖ 0x00 ‖ DAG-CBOR of the same map without `signature`.
 * A message's CID is CIDv1 (dag-cbor, sha2-256) of the signed bytes.
 */

import { concatBytes, utf8ToBytes } from "../bytes.ts";
import { encodeCbor } from "../codec/dag-cbor.ts";
import { cid, count, hex, nodeId, timestampMs } from "../codec/fields.ts";
import { z } from "../codec/zod.ts";
import { DOMAINS } from "../domains.ts";
import type { Cid, Hex, NodeId } from "../primitives.ts";
import type { Bodies, Kind } from "./kinds.ts";

export interface Envelope<K extends Kind> {
  readonly version: 1;
  /** CID of the genesis. */
  readonly network: Cid;
  readonly author: NodeId;
  /** Place in the author's log, from 0. */
  readonly sequence: number;
  /** CID of the author's message before this one; null at sequence 0. */
  readonly previous: Cid | null;
  /** The author's clock. */
  readonly timestampMs: number;
  readonly kind: K;
  readonly body: Bodies[K];
  /** 64 bytes. */
  readonly signature: Hex;
}

/** What all kinds share; body and kind are checked by the kind's own rule. */
export const envelopeFrame = z
  .strictObject({
    version: z.literal(1),
    network: cid,
    author: nodeId,
    sequence: count,
    previous: cid.nullable(),
    timestampMs,
    kind: z.string(),
    body: z.unknown(),
    signature: hex(64),
  })
  .refine(
    (envelope) => (envelope.sequence === 0) === (envelope.previous === null),
    "previous is null at sequence 0 and only there",
  );

/** The bytes under the signature: all wire fields but the signature. */
export function signedBytes(wireWithoutSignature: object): Uint8Array {
  return concatBytes(utf8ToBytes(DOMAINS.envelope), Uint8Array.of(0), encodeCbor(wireWithoutSignature));
}
