/** Sorts an epoch's messages out: what is of which kind, what came twice or out of time, and who said two things at once. */
import { compareText } from "../bytes.ts";
import { type ErrorData, failure, ignore, reject } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import type { Message, TypedMessage } from "../messages/message.ts";
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
  /** Ascending by author, then sequence. */
  readonly proposals: readonly TypedMessage<"proposal">[];
  readonly ballots: readonly TypedMessage<"ballot">[];
  readonly refused: readonly RefusedMessage[];
  readonly equivocators: ReadonlySet<NodeId>;
}

/**
 * Errors (the set is inadmissible): wrong-network, member-kind, member-epoch.
 * Single messages that do not count are listed in `refused`: late, early, duplicate, equivocation.
 */
export function sortMembers(genesis: Genesis, network: Cid, epoch: number, messages: readonly Message[]) {
  const ordered = [...messages].sort(byLog);
  for (const message of ordered) checkAdmissible(network, epoch, message);
  const equivocators = findEquivocators(ordered);
  const refused: RefusedMessage[] = [];
  const refuse = (message: Message, error: ErrorData) => refused.push(refusal(message, error));

  const commits = new Map<NodeId, TypedMessage<"commit">>();
  const submissions = new Map<NodeId, TypedMessage<"submission">>();
  const attestations = new Map<Cid, Map<NodeId, TypedMessage<"attestation">>>();
  const proposals: TypedMessage<"proposal">[] = [];
  const ballots: TypedMessage<"ballot">[] = [];

  for (const message of ordered) {
    const { author, timestampMs } = message.envelope;
    const error = equivocators.has(author)
      ? reject("equivocation", "Its author signed two messages with one sequence number").data
      : checkTiming(genesis, message, timestampMs);
    if (error !== undefined) refuse(message, error);
    else if (message.kind === "commit") keepFirst(commits, author, message, refuse);
    else if (message.kind === "submission") keepFirst(submissions, author, message, refuse);
    else if (message.kind === "attestation") {
      const { submission } = message.envelope.body;
      const ofSubmission = attestations.get(submission) ?? new Map();
      attestations.set(submission, ofSubmission);
      keepFirst(ofSubmission, author, message, refuse);
    } else if (message.kind === "proposal") proposals.push(message);
    else if (message.kind === "ballot") ballots.push(message);
  }
  const members: EpochMembers = {
    commits,
    submissions: [...submissions.values()].sort((a, b) => compareText(a.cid, b.cid)),
    attestations: new Map([...attestations].map(([cid, ofSubmission]) => [cid, [...ofSubmission.values()]])),
    proposals,
    ballots,
    refused,
    equivocators,
  };
  return members;
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
  if (message.kind === "proposal" || message.kind === "ballot") return;
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

function keepFirst<M extends Message>(
  kept: Map<NodeId, M>,
  author: NodeId,
  message: M,
  refuse: (message: M, error: ErrorData) => void,
): void {
  if (kept.has(author)) {
    refuse(message, ignore("duplicate", `One ${message.kind} is enough: the first one counts`).data);
  } else {
    kept.set(author, message);
  }
}
