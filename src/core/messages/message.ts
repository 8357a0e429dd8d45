import { hexToBytes } from "../bytes.ts";
import { fromWire, toWire } from "../codec/block.ts";
import { cidOf, decodeCbor, encodeCbor } from "../codec/dag-cbor.ts";
import { cid, nodeId as nodeIdField } from "../codec/fields.ts";
import { z } from "../codec/zod.ts";
import { failure, type ParleyError, reject } from "../errors.ts";
import { nodeIdOf, signBytes, verifyBytes } from "../identity.ts";
import { LIMITS } from "../limits.ts";
import type { Cid } from "../primitives.ts";
import type { SignatureClaim } from "../verify-batch.ts";
import { type Envelope, envelopeFrame, signedBytes } from "./envelope.ts";
import { type Bodies, isKind, KINDS, type Kind } from "./kinds.ts";
import { receiptBytes } from "./receipt/schema.ts";

export interface TypedMessage<K extends Kind> {
  readonly kind: K;
  readonly cid: Cid;
  readonly bytes: Uint8Array;
  readonly envelope: Envelope<K>;
}

/** A checked message; `kind` tells which. */
export type Message<K extends Kind = Kind> = { readonly [P in K]: TypedMessage<P> }[K];

export interface MessageDraft<K extends Kind> {
  readonly network: Cid;
  /** 32-byte secret key of the author. */
  readonly secretKey: Uint8Array;
  readonly sequence: number;
  readonly previous: Cid | null;
  readonly timestampMs: number;
  readonly kind: K;
  readonly body: Bodies[K];
}

/** Signs one message. Errors: unencodable (the body breaks its schema), message-too-large. */
export function signMessage<K extends Kind>(draft: MessageDraft<K>): TypedMessage<K> {
  const { network, sequence, previous, timestampMs, kind, body } = draft;
  if ((sequence === 0) !== (previous === null)) {
    throw failure("unencodable", "The first message of a log has no previous one, all others do");
  }
  const author = nodeIdOf(draft.secretKey);
  const unsigned = {
    version: 1,
    network: z.encode(cid, network),
    author: z.encode(nodeIdField, author),
    sequence,
    previous: previous === null ? null : z.encode(cid, previous),
    timestampMs,
    kind,
    body: toWire(KINDS[kind].body, kind, body),
  };
  const signature = signBytes(draft.secretKey, signedBytes(unsigned));
  const bytes = encodeCbor({ ...unsigned, signature: hexToBytes(signature) });
  checkSize(bytes, KINDS[kind].maximumBytes);
  return {
    kind,
    cid: cidOf(bytes),
    bytes,
    envelope: { version: 1, network, author, sequence, previous, timestampMs, kind, body, signature },
  };
}

/**
 * A message from outside, fully checked on its own: size, canonical encoding, schema, network, signature.
 * What needs other messages or the state is checked by verifyLogStep, checkTiming, checkSubmission and transition.
 * Throws ParleyError, verdict REJECT: message-too-large, malformed-cbor, not-canonical, unknown-field, schema,
 * unknown-kind, wrong-network, bad-signature, bad-requester-signature (of a receipt, looked at only when its author's is good:
 * who makes others verify twice has signed for it). What evidence proves is checked by whoever counts it, not here: messages
 * within messages would make a small one cost a thousand signatures.
 */
export function decodeMessage(bytes: Uint8Array, network: Cid): Message {
  const { message, claims } = readMessage(bytes, network);
  for (const { claim, error } of claims) {
    if (!verifyBytes(claim.author, claim.bytes, claim.signature)) throw error;
  }
  return message;
}

/** A message that is as it should be, if those are who signed it that it says. */
export interface UnverifiedMessage {
  readonly message: Message;
  /** The author's first. */
  readonly claims: readonly MessageClaim[];
}

export interface MessageClaim {
  readonly claim: SignatureClaim;
  /** What is wrong when the signature is. */
  readonly error: ParleyError;
}

/** All of decodeMessage but the signatures. */
export function readMessage(bytes: Uint8Array, network: Cid): UnverifiedMessage {
  checkSize(bytes, LIMITS.messageBytes);
  const wire = decodeCbor(bytes);
  const frame = fromWire(envelopeFrame, "message", wire);
  if (frame.network !== network) {
    throw reject("wrong-network", "This message belongs to another network", network, frame.network);
  }
  if (!isKind(frame.kind)) {
    throw reject(
      "unknown-kind",
      "No such kind of message",
      Object.keys(KINDS).join(", "),
      frame.kind.slice(0, 40),
    );
  }
  checkSize(bytes, KINDS[frame.kind].maximumBytes);
  const message = DECODERS[frame.kind](bytes, frame);
  return { message, claims: claimsOf(message, wire) };
}

/** Narrows a message to one kind. */
export function isMessageOf<K extends Kind>(kind: K) {
  return (message: Message): message is Message & TypedMessage<K> => message.kind === kind;
}

type Frame = z.output<typeof envelopeFrame>;

const DECODERS: { readonly [K in Kind]: (bytes: Uint8Array, frame: Frame) => TypedMessage<K> } = {
  commit: decoder("commit"),
  submission: decoder("submission"),
  attestation: decoder("attestation"),
  "message-set": decoder("message-set"),
  "epoch-vote": decoder("epoch-vote"),
  proposal: decoder("proposal"),
  ballot: decoder("ballot"),
  receipt: decoder("receipt"),
  evidence: decoder("evidence"),
  dispute: decoder("dispute"),
  ruling: decoder("ruling"),
  "held-out-commit": decoder("held-out-commit"),
  "held-out-reveal": decoder("held-out-reveal"),
};

function decoder<K extends Kind>(kind: K) {
  return (bytes: Uint8Array, frame: Frame): TypedMessage<K> => ({
    kind,
    cid: cidOf(bytes),
    bytes,
    envelope: { ...frame, kind, body: fromWire<Bodies[K]>(KINDS[kind].body, kind, frame.body) },
  });
}

function claimsOf(message: Message, wire: unknown): MessageClaim[] {
  const { signature: _, ...unsigned } = Object(wire);
  const { author, signature } = message.envelope;
  const own: MessageClaim = {
    claim: { author, bytes: signedBytes(unsigned), signature },
    error: reject("bad-signature", "The signature is not the author's", `Ed25519 by ${author}`),
  };
  if (message.kind !== "receipt") return [own];
  const { requester, requesterSignature } = message.envelope.body;
  const requesters: MessageClaim = {
    claim: {
      author: requester,
      bytes: receiptBytes(author, message.envelope.body),
      signature: requesterSignature,
    },
    error: reject(
      "bad-requester-signature",
      "Its requester did not sign these terms",
      `Ed25519 by ${requester}`,
    ),
  };
  return [own, requesters];
}

function checkSize(bytes: Uint8Array, maximum: number): void {
  if (bytes.length > maximum) {
    throw reject(
      "message-too-large",
      "This message is too large",
      `at most ${maximum} bytes`,
      `${bytes.length} bytes`,
    );
  }
}
