import { concatBytes, utf8ToBytes } from "../../bytes.ts";
import { encodeBlock } from "../../codec/block.ts";
import { cid, count, epoch, hash, hex, nodeId, wei } from "../../codec/fields.ts";
import { z } from "../../codec/zod.ts";
import { DOMAINS } from "../../domains.ts";
import { signBytes } from "../../identity.ts";
import type { Cid, Hash, Hex, NodeId } from "../../primitives.ts";

/** An answer that was given and taken: its author is the provider, the requester has signed too. */
export interface ReceiptBody {
  readonly epoch: number;
  /** Hash of the request, by which its answers are told from those to others. */
  readonly request: Hash;
  readonly requester: NodeId;
  /** CID of the adapter version that answered. */
  readonly modelVersion: Cid;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly flops: number;
  readonly outputDigest: Hash;
  readonly feeWei: bigint;
  /** Ed25519 by the requester over receiptBytes. */
  readonly requesterSignature: Hex;
}

const terms = {
  epoch,
  request: hash,
  requester: nodeId,
  modelVersion: cid,
  tokensIn: count,
  tokensOut: count,
  flops: count,
  outputDigest: hash,
  feeWei: wei,
};

const signedTerms = z.strictObject({ ...terms, provider: nodeId });

export const receiptBody = z.strictObject({ ...terms, requesterSignature: hex(64) });

export type ReceiptTerms = Omit<ReceiptBody, "requesterSignature">;

/** What the requester signs: utf8("parley/receipt/1") ‖ 0x00 ‖ DAG-CBOR of the body's terms and `provider`. */
export function receiptBytes(provider: NodeId, body: ReceiptTerms): Uint8Array {
  const {
    epoch: inEpoch,
    request,
    requester,
    modelVersion,
    tokensIn,
    tokensOut,
    flops,
    outputDigest,
    feeWei,
  } = body;
  const signed = {
    epoch: inEpoch,
    request,
    requester,
    modelVersion,
    tokensIn,
    tokensOut,
    flops,
    outputDigest,
    feeWei,
    provider,
  };
  return concatBytes(
    utf8ToBytes(DOMAINS.receipt),
    Uint8Array.of(0),
    encodeBlock(signedTerms, "receipt", signed),
  );
}

/** The requester's half of a receipt. */
export function signReceipt(secretKey: Uint8Array, provider: NodeId, body: ReceiptTerms): Hex {
  return signBytes(secretKey, receiptBytes(provider, body));
}
