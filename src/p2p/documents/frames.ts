/**
 * Wire format of shared documents, over gossip topics `/parley/<network>/documents/<scope>`. Each author signs one part of a
 * document: all that they ever did to it, as one Yjs update (https://github.com/yjs/yjs). A newer version takes the place
 * of an older one. So what is kept is bounded, everybody can check who wrote what, and nobody can pass on another one's
 * words changed. Frames are canonical DAG-CBOR:
 *
 *   have      versions that the sender holds of a scope, with a mark; who holds newer ones publishes those
 *   parts     parts of documents, each signed by its author; with the mark of the question that they answer, so that
 *             whoever was about to answer as well keeps still
 *   presence  who has it open, signed; forgotten after a while
 */
import { concatBytes, utf8ToBytes } from "../../core/bytes.ts";
import { decodeBlock, encodeBlock } from "../../core/codec/block.ts";
import { bytes, count, hex, integer, nodeId, text, timestampMs } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { reject } from "../../core/errors.ts";
import { type Identity, signBytes, verifyBytes } from "../../core/identity.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, Hex, NodeId } from "../../core/primitives.ts";

const DOMAIN = utf8ToBytes("parley/document/1");
const SIGNATURE_BYTES = 64;
export const MARK_BYTES = 8;

export interface PartBody {
  readonly scope: string;
  readonly document: string;
  readonly author: NodeId;
  /** From 1 on. */
  readonly version: number;
  /** A Yjs update; sealed in the scopes of a person's own devices. */
  readonly update: Uint8Array;
}

export interface PresenceBody {
  readonly scope: string;
  readonly document: string;
  readonly author: NodeId;
  readonly atMs: number;
  readonly cursor: number | null;
}

export type Signed<T> = T & { readonly signature: Hex };
export type Part = Signed<PartBody>;
export type Presence = Signed<PresenceBody>;
export type Held = readonly [document: string, author: NodeId, version: number];

export type Frame =
  | { readonly kind: "have"; readonly mark: Hex; readonly held: readonly Held[] }
  | { readonly kind: "parts"; readonly answerTo: Hex | null; readonly parts: readonly Part[] }
  | { readonly kind: "presence"; readonly presence: Presence };

const name = text(1, LIMITS.documentNameCharacters);
const version = integer(1);
const signature = hex(SIGNATURE_BYTES);
const mark = hex(MARK_BYTES);
const partShape = {
  scope: name,
  document: name,
  author: nodeId,
  version,
  update: bytes(1, LIMITS.documentPartBytes),
};
const presenceShape = {
  scope: name,
  document: name,
  author: nodeId,
  atMs: timestampMs,
  cursor: count.nullable(),
};
const partBody: z.ZodType<PartBody> = z.strictObject(partShape);
const presenceBody: z.ZodType<PresenceBody> = z.strictObject(presenceShape);
const part: z.ZodType<Part> = z.strictObject({ ...partShape, signature });

const frame: z.ZodType<Frame> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("have"),
    mark,
    held: z
      .array(z.tuple([name, nodeId, version]).readonly())
      .max(LIMITS.documentParts)
      .readonly(),
  }),
  z.strictObject({
    kind: z.literal("parts"),
    answerTo: mark.nullable(),
    parts: z.array(part).min(1).max(LIMITS.documentParts).readonly(),
  }),
  z.strictObject({
    kind: z.literal("presence"),
    presence: z.strictObject({ ...presenceShape, signature }),
  }),
]);

export function encodeFrame(value: Frame): Uint8Array {
  return encodeBlock(frame, "document frame", value);
}

/** Throws ParleyError only: too-large, malformed-cbor, not-canonical, unknown-field, schema. Signatures are not checked here. */
export function decodeFrame(encoded: Uint8Array): Frame {
  return decodeBlock(frame, "document frame", encoded, LIMITS.documentFrameBytes);
}

const parts: z.ZodType<readonly Part[]> = z.array(part).readonly();

/** Parts as they are kept. */
export function encodeParts(value: readonly Part[]): Uint8Array {
  return encodeBlock(parts, "document parts", value);
}

/** Throws as decodeFrame does. */
export function decodeParts(encoded: Uint8Array): readonly Part[] {
  return decodeBlock(parts, "document parts", encoded, 2 * LIMITS.documentScopeBytes);
}

export function signPart(network: Cid, identity: Identity, body: Omit<PartBody, "author">): Part {
  const signed: PartBody = { ...body, author: identity.nodeId };
  return { ...signed, signature: signBytes(identity.secretKey, partBytes(network, signed)) };
}

export function signPresence(network: Cid, identity: Identity, body: Omit<PresenceBody, "author">): Presence {
  const signed: PresenceBody = { ...body, author: identity.nodeId };
  return { ...signed, signature: signBytes(identity.secretKey, presenceBytes(network, signed)) };
}

/** Throws ParleyError bad-signature, verdict REJECT. */
export function verifyPart(network: Cid, { signature: given, ...body }: Part): void {
  if (!verifyBytes(body.author, partBytes(network, body), given)) throw badSignature(body.author);
}

/** Throws ParleyError bad-signature, verdict REJECT. */
export function verifyPresence(network: Cid, { signature: given, ...body }: Presence): void {
  if (!verifyBytes(body.author, presenceBytes(network, body), given)) throw badSignature(body.author);
}

const badSignature = (author: NodeId) =>
  reject("bad-signature", "The author has not signed this", undefined, author);

const partBytes = (network: Cid, body: PartBody): Uint8Array =>
  concatBytes(signedPrefix(network, "part"), encodeBlock(partBody, "document part", body));

const presenceBytes = (network: Cid, body: PresenceBody): Uint8Array =>
  concatBytes(signedPrefix(network, "presence"), encodeBlock(presenceBody, "document presence", body));

/** Signatures of one network, and of one kind of frame, mean nothing elsewhere. */
const signedPrefix = (network: Cid, kind: string): Uint8Array =>
  concatBytes(
    DOMAIN,
    Uint8Array.of(0),
    utf8ToBytes(network),
    Uint8Array.of(0),
    utf8ToBytes(kind),
    Uint8Array.of(0),
  );

/** Later parts first; of two with one version, which an honest author never signs, everybody takes the same one. */
export function isNewer(part: Part, held: Part | undefined): boolean {
  if (held === undefined || part.version !== held.version) return part.version > (held?.version ?? 0);
  return part.signature > held.signature;
}

export function heldOf({ document, author, version: held }: Part): Held {
  return [document, author, held];
}
