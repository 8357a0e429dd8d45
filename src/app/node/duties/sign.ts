import { epochContext } from "../../../core/epoch/context.ts";
import { convictedBy, omittedFrom } from "../../../core/epoch/inclusion.ts";
import type { EpochResult } from "../../../core/epoch/transition.ts";
import { failure } from "../../../core/errors.ts";
import type { Message } from "../../../core/messages/message.ts";
import type { MessageSetBody } from "../../../core/messages/message-set/schema.ts";
import type { Metrics } from "../../../core/primitives.ts";
import type { MessageSet } from "../ledger.ts";
import { sameRegistry } from "../registry.ts";
import { type MeasuredAggregate, measureAggregate } from "./lead.ts";
import { bindingVote, hasSigned, signingKey } from "./own-vote.ts";
import type { DutyContext, Situation } from "./situation.ts";

/** A network that stood still for longer is not caught up with set by set. */
const LATE_EPOCHS = 50;

/**
 * Signs the root that follows from a proposed message set, after doing all of its work again.
 * One signature an epoch, none for an epoch before one already signed, and none for another successor of a state while
 * an earlier one could still be certified: that is what keeps two roots from both reaching two thirds.
 */
export async function signEpoch(context: DutyContext, situation: Situation): Promise<void> {
  if (!situation.isValidator) return;
  for (const epoch of signableEpochs(situation)) {
    if (await hasSigned(context, epoch)) continue;
    const sets = [...(await context.log.ofEpoch(epoch, "message-set"))].sort(
      (a, b) => a.envelope.body.round - b.envelope.body.round,
    );
    for (const set of sets) {
      if (set.envelope.body.previousRoot !== situation.head.root) continue;
      // A set that is not signed must not keep the next leader's from being looked at.
      if (sets.some(({ cid }) => context.tasks.isRunning(signingKey(cid)))) break;
      context.tasks.once(
        signingKey(set.cid),
        () => sign(context, situation, set),
        (thrown) => context.events.bad(epoch, "sign", "The proposed message set is not signed", thrown),
        {
          kind: "epoch",
          title: `Signing epoch ${epoch}`,
          deadlineMs: situation.phaseEndMs,
          handBack: async (thrown) =>
            context.events.bad(epoch, "sign", "The epoch is not signed here", thrown),
        },
      );
    }
  }
}

/**
 * The epoch in its sign phase; until the next epoch's verification starts, those before that are not certified yet, the
 * oldest first: others may be bound to them.
 */
function signableEpochs({ phase, epoch, head }: Situation): readonly number[] {
  if (phase === "verify") return [];
  if (phase === "sign") return epoch > head.state.epoch ? [epoch] : [];
  const from = Math.max(head.state.epoch + 1, epoch - LATE_EPOCHS);
  return Array.from({ length: Math.max(0, epoch - from) }, (_, at) => from + at);
}

async function sign(context: DutyContext, situation: Situation, set: MessageSet): Promise<boolean> {
  const { body } = set.envelope;
  await checkRegistry(context, situation, body);
  const messages = await context.ledger.members(body.messages);
  await checkInclusion(context, situation, set, messages);
  checkMetrics(await measureAggregate(context, body.epoch, body.registry, messages), body);
  const result = await context.ledger.replay(set);
  return context.signing.run("vote", () => vote(context, set, result));
}

/** Nothing that the vote depends on may change between the last look at it and the vote. */
async function vote(context: DutyContext, set: MessageSet, result: EpochResult): Promise<boolean> {
  const { body } = set.envelope;
  const { operator, genesis } = context.dependencies;
  if (context.ledger.head.value.root !== body.previousRoot) return true;
  if (await hasSigned(context, body.epoch)) return true;
  await checkUnbound(context, set);
  const operatorSignature = await operator.sign(result.root);
  await context.log.append("epoch-vote", {
    epoch: body.epoch,
    round: body.round,
    messageSet: set.cid,
    root: result.root,
    operatorSignature: operatorSignature.replace(/^0x/, ""),
  });
  context.events.good(
    body.epoch,
    "sign",
    `Signed root ${result.stateRoot.slice(0, 12)}… with ${genesis.name}'s operator key`,
  );
  return true;
}

async function checkUnbound(context: DutyContext, set: MessageSet): Promise<void> {
  const binding = await bindingVote(context, set.cid);
  if (binding === undefined) return;
  const { epoch } = binding.envelope.body;
  throw failure("vote-binding", `This node signed a set of epoch ${epoch} that could still be certified`);
}

async function checkRegistry(
  context: DutyContext,
  situation: Situation,
  body: MessageSetBody,
): Promise<void> {
  const own = await context.registries.at(body.epoch, situation.head.state);
  if (sameRegistry(own.registry, body.registry)) return;
  if (sameRegistry(situation.head.state.registry, body.registry)) return;
  throw failure(
    "registry-mismatch",
    "The stakes in the set are not those on the chain",
    `block ${own.registry.blockNumber}, ${own.registry.entries.length} stakes`,
    `block ${body.registry.blockNumber}, ${body.registry.entries.length} stakes`,
  );
}

/**
 * A leader that leaves out what this validator got in time gets no signature. Nor does one that has said two things at once:
 * who holds the other thing may not get this one.
 */
async function checkInclusion(
  context: DutyContext,
  situation: Situation,
  { envelope: { author, body } }: MessageSet,
  members: readonly Message[],
): Promise<void> {
  const { genesis } = context.dependencies;
  const epoch = epochContext(genesis, situation.head.state, body.registry, body.epoch);
  const held = await context.log.heldFor(body.epoch);
  const untrue = convictedBy(
    epoch,
    held.map(({ message }) => message),
  );
  if (untrue.has(author)) throw failure("equivocation", "The leader has said two things at once", author);
  const omitted = omittedFrom(epoch, held, members);
  if (omitted === undefined) return;
  throw failure(
    "message-omitted",
    `The leader left out a ${omitted.kind} that arrived in time`,
    omitted.cid,
    `${members.length} other messages`,
  );
}

function checkMetrics(own: MeasuredAggregate, proposed: MeasuredAggregate): void {
  const [expected, received] = [describe(own), describe(proposed)];
  if (expected === received) return;
  const message = "The aggregate does not measure what the leader says";
  throw failure("aggregate-metrics-mismatch", message, expected, received);
}

function describe({ aggregateMetrics, clusterMetrics }: MeasuredAggregate): string {
  if (aggregateMetrics === null) return "nothing included";
  const text = ({ lossMicroNats, accuracyPpm }: Metrics) => `loss ${lossMicroNats}, accuracy ${accuracyPpm}`;
  const clusters = clusterMetrics.map(({ cluster, metrics }) => `; ${cluster}: ${text(metrics)}`);
  return `${text(aggregateMetrics)}${clusters.join("")}`;
}
