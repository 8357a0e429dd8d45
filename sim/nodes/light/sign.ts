import { canStillBeCertified } from "../../../src/core/epoch/binding.ts";
import { phaseAt, phaseWindow } from "../../../src/core/epoch/clock.ts";
import { convictedBy, omittedFrom } from "../../../src/core/epoch/inclusion.ts";
import { epochRootDigest, signDigest } from "../../../src/core/epoch/root.ts";
import type { EpochResult } from "../../../src/core/epoch/transition.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import type { Message, TypedMessage } from "../../../src/core/messages/message.ts";
import type { Cid } from "../../../src/core/primitives.ts";
import { artifactsFor } from "./blocks.ts";
import type { LightContext } from "./context.ts";
import { heldFor, measureAggregate } from "./lead.ts";

type MessageSet = TypedMessage<"message-set">;

/** Something that a proposed set names is not here yet. */
const TRY_AGAIN_MS = 2_000;
/** A network that stood still for longer is not caught up with set by set. */
const LATE_EPOCHS = 50;

/** Signs good sets of earlier epochs that are not certified yet: others may be bound to them. */
export function signLateSets(context: LightContext, now: number): void {
  for (let epoch = Math.max(context.head.state.epoch + 1, now - LATE_EPOCHS); epoch < now; epoch++) {
    signSets(context, epoch);
  }
}

/** Signs the first good set of an epoch. */
export function signSets(context: LightContext, epoch: number): void {
  const sets = context.log
    .ofEpoch(epoch, "message-set")
    .flatMap(({ packet: { message } }) => (message?.kind === "message-set" ? [message] : []))
    .sort((a, b) => a.envelope.body.round - b.envelope.body.round);
  for (const set of sets) signSet(context, set);
}

/** Signs the root that follows from a set, when all of the app's rules for signing hold. One signature an epoch. */
export function signSet(context: LightContext, set: MessageSet): void {
  const { body } = set.envelope;
  const { plan, head } = context;
  if (!isSignable(context, body.epoch) || context.signedEpoch >= body.epoch) return;
  if (body.previousRoot !== head.root || !context.contextOf(body.epoch).staked.has(plan.identity.nodeId))
    return;
  if (!isRegistryRight(context, set) || !isInclusive(context, set)) return;
  const messages = membersOf(context, set);
  const result = messages && checkedResult(context, set, messages);
  if (result === undefined) {
    context.askForMissing();
    context.fetch(missingOf(context, set));
    context.later(TRY_AGAIN_MS, () => signSet(context, set));
    return;
  }
  if (result === "refused") return;
  if (isBound(context, set)) {
    context.later(TRY_AGAIN_MS, () => signSet(context, set));
    return;
  }
  const digest = epochRootDigest(context.surroundings.genesis.chain, result.root);
  context.signedEpoch = body.epoch;
  context.say("epoch-vote", {
    epoch: body.epoch,
    round: body.round,
    messageSet: set.cid,
    root: result.root,
    operatorSignature: signDigest(digest, plan.operatorKey),
  });
}

/** Whether a set that this node has voted for, and that follows the same state, could still be certified. */
function isBound(context: LightContext, set: MessageSet): boolean {
  const { head, signedEpoch, surroundings, tallies, plan } = context;
  if (signedEpoch <= head.state.epoch) return false;
  const votes = tallies.votesOn(head.root);
  return votes.some(({ envelope: { author, body } }) => {
    if (author !== plan.identity.nodeId || body.messageSet === set.cid) return false;
    const earlier = surroundings.mesh.messagePacket(body.messageSet)?.message;
    if (earlier?.kind !== "message-set") return true;
    return canStillBeCertified(earlier.envelope.body.registry, earlier.cid, body.epoch, votes);
  });
}

/** The epoch in its sign phase; until the next epoch's verification starts, those before that are not certified yet. */
function isSignable(context: LightContext, epoch: number): boolean {
  const now = phaseAt(context.surroundings.genesis, context.clock.nowMs());
  if (now === undefined || epoch <= context.head.state.epoch || now.phase === "verify") return false;
  if (now.phase === "sign") return epoch === now.epoch;
  return epoch < now.epoch && epoch >= now.epoch - LATE_EPOCHS;
}

function isRegistryRight(context: LightContext, set: MessageSet): boolean {
  const { registry, epoch } = set.envelope.body;
  const { work } = context.surroundings;
  const { state } = context.head;
  return (
    work.sameRegistry(context.registryAt(epoch), registry) || work.sameRegistry(state.registry, registry)
  );
}

/** A leader that leaves out what this node got in time gets no signature. */
function isInclusive(context: LightContext, set: MessageSet): boolean {
  const { genesis, mesh, work } = context.surroundings;
  const { epoch } = set.envelope.body;
  const included = work.membersOf(set);
  const knownToAllMs = phaseWindow(genesis, epoch, "sign").startMs - LIMITS.clockSkewMs;
  const held = heldFor(context, epoch);
  const evidence = held.map(({ message }) => message).filter(({ kind }) => kind === "evidence");
  if (convictedBy(context.contextOf(epoch), evidence).has(set.envelope.author)) return false;
  const early = held.filter(({ receivedAtMs }) => receivedAtMs < knownToAllMs);
  // Nearly always: core's whole rule is asked only where something is missing.
  if (early.every(({ message }) => included.has(message.cid))) return true;
  const members = work.memberPackets(set, (cid) => mesh.messagePacket(cid));
  // Members that nobody has seen yet: the caller waits for them.
  if (members === undefined) return true;
  return omittedFrom(context.contextOf(epoch), held, members.messages) === undefined;
}

/** Undefined while a member is missing here. */
export function membersOf(context: LightContext, set: MessageSet): readonly Message[] | undefined {
  const { work, mesh } = context.surroundings;
  const members = work.memberPackets(set, (cid) => mesh.messagePacket(cid));
  if (members === undefined) return undefined;
  for (const packet of members.packets) if (!context.log.holds(packet)) return undefined;
  return members.messages;
}

/** Members of a set that are not here. */
export function missingOf({ surroundings: { mesh }, log }: LightContext, set: MessageSet): readonly Cid[] {
  return set.envelope.body.messages.filter((cid) => {
    const packet = mesh.messagePacket(cid);
    return packet === undefined || !log.holds(packet);
  });
}

/** Undefined when a block is out of reach; `refused` when the set is not what the leader says. */
function checkedResult(
  context: LightContext,
  set: MessageSet,
  messages: readonly Message[],
): EpochResult | "refused" | undefined {
  const { epoch, aggregateMetrics } = set.envelope.body;
  const measured = measureAggregate(context, epoch, messages);
  if (measured === undefined) return undefined;
  const own = measured.aggregateMetrics;
  const same =
    own === null || aggregateMetrics === null
      ? own === aggregateMetrics
      : own.lossMicroNats === aggregateMetrics.lossMicroNats &&
        own.accuracyPpm === aggregateMetrics.accuracyPpm;
  return same ? (resultOf(context, set, messages) ?? "refused") : "refused";
}

/** The transition on this node's head; undefined when the core refuses the set. */
export function resultOf(
  context: LightContext,
  set: MessageSet,
  messages: readonly Message[],
): EpochResult | undefined {
  const { work } = context.surroundings;
  try {
    return work.transition(context.head.state, {
      messageSet: set,
      messages,
      artifacts: artifactsFor(context, messages),
    });
  } catch {
    return undefined;
  }
}
