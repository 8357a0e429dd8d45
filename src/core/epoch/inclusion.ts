/**
 * What an epoch's message set contains. The leader collects it by this rule, and validators hold against it what came to them in
 * time: a leader that leaves some of that out gets no signatures, unless the set is full of what comes before it.
 */
import { compareText } from "../bytes.ts";
import { auditedRecord } from "../disputes/audits.ts";
import { juryOf } from "../disputes/jury.ts";
import { checkDispute } from "../disputes/open.ts";
import { isPending } from "../governance/proposals.ts";
import { LIMITS } from "../limits.ts";
import type { Kind } from "../messages/kinds.ts";
import { isMessageOf, type Message } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import { checkReveal } from "../scoring/held-out.ts";
import { epochEndMs, phaseWindow } from "./clock.ts";
import { type Drawn, drawnFor } from "./committee.ts";
import type { EpochContext } from "./context.ts";
import { equivocatorOf } from "./equivocation.ts";
import { slotOf } from "./members.ts";
import { isDrawn, isTooEarly } from "./panel.ts";
import { acceptanceWindow, checkTiming } from "./timing.ts";

/** A message, and when it came to this node by its clock. */
export interface HeldMessage {
  readonly message: Message;
  readonly receivedAtMs: number;
}

/** What has its place first when there is not room for all. */
const PRIORITY: readonly Kind[] = [
  "evidence",
  "dispute",
  "ruling",
  "commit",
  "submission",
  "attestation",
  "held-out-commit",
  "held-out-reveal",
  "receipt",
  "proposal",
  "ballot",
];

/** All that this node would put into the set, of what it holds; what comes first when there is not room for all is first. */
export function collect(
  context: EpochContext,
  held: readonly Message[],
  room: number = LIMITS.messagesPerSet,
): Message[] {
  return ranked(eligible(context, held))
    .slice(0, room)
    .map(({ message }) => message);
}

/**
 * A message that came to this node in time and is missing from a set; undefined when there is none. A full set may leave out
 * what does not come before anything in it. Messages of a node that is proved to have said two things at once are not missed:
 * others may hold the other thing.
 */
export function omittedFrom(
  context: EpochContext,
  held: readonly HeldMessage[],
  set: readonly Message[],
  room: number = LIMITS.messagesPerSet,
): Message | undefined {
  const included = new Set(set.map(({ cid }) => cid));
  const timely = held.filter((one) => !included.has(one.message.cid) && isTimely(context, one));
  const all = [...set, ...timely.map(({ message }) => message)];
  const untrue = convictedBy(context, held.map(({ message }) => message).concat(set));
  const missing = ranked(eligible(context, all)).filter(
    ({ message }) => !included.has(message.cid) && !untrue.has(message.envelope.author),
  );
  if (set.length < room) return missing[0]?.message;
  const kept = ranked(eligible(context, set));
  const last = kept.length < set.length ? undefined : kept.at(-1);
  return missing.find((one) => last === undefined || byRank(one, last) < 0)?.message;
}

/** It came while its kind is accepted, and early enough to have come to the leader too. */
function isTimely({ genesis, epoch }: EpochContext, { message, receivedAtMs }: HeldMessage): boolean {
  const knownToAllMs = phaseWindow(genesis, epoch, "sign").startMs - LIMITS.clockSkewMs;
  return receivedAtMs < acceptanceWindow(genesis, message).endMs && receivedAtMs < knownToAllMs;
}

/**
 * Messages that may count in the epoch, one a slot; whoever does not take part has no room in it but for evidence. Nor has who
 * is proved to have said two things at once: those who hold the other thing could not follow a set with this one.
 */
function eligible(context: EpochContext, held: readonly Message[]): Message[] {
  const untrue = convictedBy(context, held);
  const candidates = held.filter(
    (message) =>
      isOfEpoch(context, message) && (message.kind === "evidence" || !untrue.has(message.envelope.author)),
  );
  const submissions = bestOfSlots(context, candidates.filter(isMessageOf("submission")));
  const proposals = bestOfSlots(context, candidates.filter(isMessageOf("proposal")));
  const opening = new Set(proposals.map(({ cid }) => cid));
  const drawn = new Map<Cid, Drawn>(
    submissions.map(({ cid, envelope }) => [cid, drawnFor(context, envelope.author)]),
  );
  const others = candidates.filter((message) => {
    if (message.kind === "submission" || message.kind === "proposal") return false;
    if (message.kind === "ballot") return isVote(context, opening, message);
    if (message.kind !== "attestation") return true;
    const { author, body } = message.envelope;
    const called = drawn.get(body.submission);
    if (called === undefined || !isDrawn(called, author)) return false;
    return called.committee.includes(author) || !isTooEarly(context, message);
  });
  return [...submissions, ...proposals, ...bestOfSlots(context, others)];
}

/** Whether it is about this epoch, in its time, and from somebody who may say such a thing. */
function isOfEpoch(context: EpochContext, message: Message): boolean {
  const { genesis, state, epoch, staked } = context;
  const { author, timestampMs } = message.envelope;
  if (checkTiming(genesis, message, timestampMs) !== undefined) return false;
  switch (message.kind) {
    case "evidence":
      return convicted(context, message) !== undefined;
    case "proposal":
      return (
        staked.has(author) &&
        timestampMs < epochEndMs(genesis, epoch) &&
        isPending(genesis, state, epoch, message)
      );
    case "ballot":
      return timestampMs < epochEndMs(genesis, epoch);
    case "message-set":
    case "epoch-vote":
      return false;
    default:
      return message.envelope.body.epoch === epoch && staked.has(author) && mayCount(context, message);
  }
}

/** What the state alone says of a message whose author takes part. */
function mayCount(context: EpochContext, message: Message): boolean {
  const { parameters } = context;
  const { author } = message.envelope;
  switch (message.kind) {
    case "dispute":
      return (
        checkDispute(context, auditedRecord(context, message.envelope.body.submission), message) === undefined
      );
    case "ruling":
      return juryOf(context, message.envelope.body.dispute).includes(author);
    case "held-out-commit":
      return author === parameters.heldOutKeeper;
    case "held-out-reveal":
      return checkReveal(context, message) === undefined;
    default:
      return true;
  }
}

function isVote(
  { genesis, state, epoch, staked }: EpochContext,
  opening: ReadonlySet<Cid>,
  message: Message<"ballot">,
): boolean {
  const { author, body } = message.envelope;
  return opening.has(body.proposal) ? staked.has(author) : isPending(genesis, state, epoch, message);
}

/** Of messages that repeat each other the one that counts: the first. Superseded ballots stay: their owners learn of it. */
function bestOfSlots<M extends Message>(context: EpochContext, messages: readonly M[]): M[] {
  const best = new Map<string, M>();
  for (const message of messages) {
    const slot = inclusionSlot(context, message);
    const before = best.get(slot);
    if (before === undefined || isBetter(message, before)) best.set(slot, message);
  }
  return [...best.values()];
}

function inclusionSlot(context: EpochContext, message: Message): string {
  const { author } = message.envelope;
  switch (message.kind) {
    case "evidence":
      return `evidence ${convicted(context, message)}`;
    case "proposal":
      return `proposal ${author}`;
    default:
      return slotOf(message);
  }
}

function isBetter(message: Message, than: Message): boolean {
  // One proof is as good as another: what the leader has taken stays.
  return message.kind !== "evidence" && message.envelope.sequence < than.envelope.sequence;
}

/** The node that evidence proves guilty, while that changes anything: it has a stake, and is not out already. */
function convicted({ state, stakeOf }: EpochContext, message: Message<"evidence">): NodeId | undefined {
  let found = proofs.get(message);
  if (found === undefined) {
    const proved = equivocatorOf(state.network, message);
    found = { nodeId: typeof proved === "string" ? proved : undefined };
    proofs.set(message, found);
  }
  const { nodeId } = found;
  return nodeId !== undefined && stakeOf(nodeId) > 0n && !state.tombstones.has(nodeId) ? nodeId : undefined;
}

/** Two signatures are checked for each piece of evidence, once. */
const proofs = new WeakMap<Message, { readonly nodeId: NodeId | undefined }>();

/** Who is proved, by evidence among these, to have said two things at once, and is not out yet. Nobody signs a set of theirs. */
export function convictedBy(context: EpochContext, messages: readonly Message[]): Set<NodeId> {
  return new Set(
    messages.flatMap((message) => (message.kind === "evidence" ? (convicted(context, message) ?? []) : [])),
  );
}

interface Ranked {
  readonly message: Message;
  readonly priority: number;
  /** Place among its author's messages of its kind. */
  readonly turn: number;
}

/** By kind; within a kind everybody's first, then everybody's second, so that many messages push nobody's out. */
function ranked(messages: readonly Message[]): Ranked[] {
  const turns = new Map<string, number>();
  const bySequence = [...messages].sort((a, b) => a.envelope.sequence - b.envelope.sequence);
  const found = bySequence.map((message): Ranked => {
    const queue = `${message.kind} ${message.envelope.author}`;
    const turn = turns.get(queue) ?? 0;
    turns.set(queue, turn + 1);
    return { message, priority: PRIORITY.indexOf(message.kind), turn };
  });
  return found.sort((a, b) => byRank(a, b) || compareText(a.message.cid, b.message.cid));
}

function byRank(a: Ranked, b: Ranked): number {
  return a.priority - b.priority || a.turn - b.turn;
}
