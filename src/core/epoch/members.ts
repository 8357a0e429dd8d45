/** Sorts an epoch's messages out: what is of which kind, what came twice or out of time, and who said two things at once. */
import { compareText } from "../bytes.ts";
import { type ErrorData, failure, ignore, reject } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { isMessageOf, type Message, type TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import { checkTiming } from "./timing.ts";

export interface RefusedMessage {
  readonly cid: Cid;
  readonly kind: Message["kind"];
  readonly author: NodeId;
  readonly error: ErrorData;
}

export interface EpochMembers {
  readonly commits: ReadonlyMap<NodeId, TypedMessage<"commit">>;
  /** One an author; ascending by CID. */
  readonly submissions: readonly TypedMessage<"submission">[];
  /** By submission; at most one a validator. */
  readonly attestations: ReadonlyMap<Cid, readonly TypedMessage<"attestation">[]>;
  /** These ascending by author, then sequence. */
  readonly proposals: readonly TypedMessage<"proposal">[];
  readonly ballots: readonly TypedMessage<"ballot">[];
  readonly receipts: readonly TypedMessage<"receipt">[];
  readonly evidence: readonly TypedMessage<"evidence">[];
  /** At most one an author and submission. */
  readonly disputes: readonly TypedMessage<"dispute">[];
  /** By dispute; at most one a juror. */
  readonly rulings: ReadonlyMap<Cid, readonly TypedMessage<"ruling">[]>;
  readonly heldOutCommits: ReadonlyMap<NodeId, TypedMessage<"held-out-commit">>;
  readonly heldOutReveals: ReadonlyMap<NodeId, TypedMessage<"held-out-reveal">>;
  readonly refused: readonly RefusedMessage[];
  /** Who has two messages with one sequence number in the set. */
  readonly equivocators: ReadonlySet<NodeId>;
}

/**
 * Errors (the set is inadmissible): wrong-network, member-kind, member-epoch.
 * Single messages that do not count are listed in `refused`: late, early, duplicate, equivocation.
 */
export function sortMembers(
  genesis: Genesis,
  network: Cid,
  epoch: number,
  messages: readonly Message[],
): EpochMembers {
  const ordered = [...messages].sort(byLog);
  for (const message of ordered) checkAdmissible(network, epoch, message);
  const equivocators = findEquivocators(ordered);
  const refused: RefusedMessage[] = [];
  const kept = new Map<string, Message>();
  for (const message of ordered) {
    const { author, timestampMs } = message.envelope;
    const slot = slotOf(message);
    const error = equivocators.has(author)
      ? reject("equivocation", "Its author signed two messages with one sequence number").data
      : (checkTiming(genesis, message, timestampMs) ?? checkFirst(kept.has(slot), message));
    if (error === undefined) kept.set(slot, message);
    else refused.push(refusal(message, error));
  }
  const all = [...kept.values()];
  return {
    commits: byAuthor(all.filter(isMessageOf("commit"))),
    submissions: all.filter(isMessageOf("submission")).sort((a, b) => compareText(a.cid, b.cid)),
    attestations: groupBy(all.filter(isMessageOf("attestation")), ({ envelope }) => envelope.body.submission),
    proposals: all.filter(isMessageOf("proposal")),
    ballots: all.filter(isMessageOf("ballot")),
    receipts: all.filter(isMessageOf("receipt")),
    evidence: all.filter(isMessageOf("evidence")),
    disputes: all.filter(isMessageOf("dispute")),
    rulings: groupBy(all.filter(isMessageOf("ruling")), ({ envelope }) => envelope.body.dispute),
    heldOutCommits: byAuthor(all.filter(isMessageOf("held-out-commit"))),
    heldOutReveals: byAuthor(all.filter(isMessageOf("held-out-reveal"))),
    refused,
    equivocators,
  };
}

/** Messages of one slot repeat each other: only the first counts. */
export function slotOf(message: Message): string {
  const { author } = message.envelope;
  switch (message.kind) {
    case "commit":
    case "submission":
    case "held-out-commit":
    case "held-out-reveal":
      return `${message.kind} ${author}`;
    case "attestation":
    case "dispute":
      return `${message.kind} ${author} ${message.envelope.body.submission}`;
    case "ruling":
      return `${message.kind} ${author} ${message.envelope.body.dispute}`;
    case "receipt":
      return `${message.kind} ${author} ${message.envelope.body.requester} ${message.envelope.body.request}`;
    default:
      return message.cid;
  }
}

function checkFirst(isTaken: boolean, { kind }: Message): ErrorData | undefined {
  return isTaken ? ignore("duplicate", `One ${kind} is enough: the first one counts`).data : undefined;
}

function byAuthor<M extends Message>(messages: readonly M[]): Map<NodeId, M> {
  return new Map(messages.map((message) => [message.envelope.author, message]));
}

function groupBy<M extends Message>(messages: readonly M[], keyOf: (message: M) => Cid): Map<Cid, M[]> {
  const groups = new Map<Cid, M[]>();
  for (const message of messages) {
    const group = groups.get(keyOf(message));
    if (group === undefined) groups.set(keyOf(message), [message]);
    else group.push(message);
  }
  return groups;
}

export function refusal(message: Message, error: ErrorData): RefusedMessage {
  return { cid: message.cid, kind: message.kind, author: message.envelope.author, error };
}

/** By author, then sequence, then CID: each author's own order, whatever order the messages came in. */
function byLog(a: Message, b: Message): number {
  return (
    compareText(a.envelope.author, b.envelope.author) ||
    a.envelope.sequence - b.envelope.sequence ||
    compareText(a.cid, b.cid)
  );
}

function checkAdmissible(network: Cid, epoch: number, message: Message): void {
  if (message.envelope.network !== network) {
    throw failure("wrong-network", "A message of another network", network, message.envelope.network);
  }
  if (message.kind === "message-set" || message.kind === "epoch-vote") {
    throw failure("member-kind", "This kind of message is not part of an epoch", undefined, message.kind);
  }
  if (message.kind === "proposal" || message.kind === "ballot" || message.kind === "evidence") return;
  const received = message.envelope.body.epoch;
  if (received !== epoch) {
    throw failure("member-epoch", `A ${message.kind} of another epoch`, `${epoch}`, `${received}`);
  }
}

function findEquivocators(ordered: readonly Message[]): Set<NodeId> {
  const found = new Set<NodeId>();
  ordered.forEach((message, i) => {
    const next = ordered[i + 1];
    const sameSlot =
      next?.envelope.author === message.envelope.author &&
      next.envelope.sequence === message.envelope.sequence;
    if (sameSlot) found.add(message.envelope.author);
  });
  return found;
}
