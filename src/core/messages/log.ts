import { type ErrorData, ignore, reject } from "../errors.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { EvidenceBody } from "./evidence/schema.ts";
import type { Message } from "./message.ts";

/** The last message of a log, as far as the rule looks at it. */
export interface LogTail {
  readonly cid: Cid;
  readonly envelope: { readonly author: NodeId; readonly sequence: number };
}

/**
 * Whether `message` continues its author's log after `previous` (undefined: the log is empty).
 * Codes: log-gap (IGNORE: something before it is missing here), duplicate (IGNORE), log-fork (IGNORE: who passes it on cannot
 * know what others hold, and its author pays by evidence), log-author (REJECT).
 */
export function verifyLogStep(previous: LogTail | undefined, message: Message): ErrorData | undefined {
  const { author, sequence } = message.envelope;
  if (previous?.cid === message.cid) return ignore("duplicate", "This message is already in the log").data;
  if (previous !== undefined && previous.envelope.author !== author) {
    return reject("log-author", "Another author's log", previous.envelope.author, author).data;
  }
  const expected = previous === undefined ? 0 : previous.envelope.sequence + 1;
  if (sequence > expected) {
    return ignore("log-gap", "Messages before this one are missing", `${expected}`, `${sequence}`).data;
  }
  const expectedPrevious = previous === undefined ? null : previous.cid;
  if (sequence < expected || message.envelope.previous !== expectedPrevious) {
    return ignore("log-fork", "This message does not continue its author's log", `${expectedPrevious}`).data;
  }
  return undefined;
}

/** Two signed messages that nobody honest signs both: anyone may show them. */
export interface EquivocationProof {
  readonly author: NodeId;
  /** Encoded messages, in ascending order of CID. */
  readonly messages: readonly [Uint8Array, Uint8Array];
}

/**
 * Two different messages in one place of one log, or two votes of one epoch for different sets or roots.
 * Undefined when the two messages are no proof. Both must have come from decodeMessage.
 */
export function equivocationProof(a: Message, b: Message): EquivocationProof | undefined {
  const { author, sequence, network } = a.envelope;
  if (b.envelope.author !== author || b.envelope.network !== network || a.cid === b.cid) return undefined;
  if (b.envelope.sequence !== sequence && !areContradictoryVotes(a, b)) return undefined;
  return { author, messages: a.cid < b.cid ? [a.bytes, b.bytes] : [b.bytes, a.bytes] };
}

function areContradictoryVotes(a: Message, b: Message): boolean {
  if (a.kind !== "epoch-vote" || b.kind !== "epoch-vote") return false;
  const [one, other] = [a.envelope.body, b.envelope.body];
  if (one.epoch !== other.epoch) return false;
  return one.messageSet !== other.messageSet || one.root.stateRoot !== other.root.stateRoot;
}

/** A proof as the message that carries it. */
export function evidenceOf({ messages: [first, second] }: EquivocationProof): EvidenceBody {
  return { first, second };
}
