import { phaseWindow, roundAt } from "../../../core/epoch/clock.ts";
import type { EpochContext } from "../../../core/epoch/context.ts";
import { seatPanel } from "../../../core/epoch/panel.ts";
import { isMessageOf, type Message } from "../../../core/messages/message.ts";
import {
  type ClusterMetrics,
  inSetOrder,
  type MessageSetBody,
} from "../../../core/messages/message-set/schema.ts";
import { collectCandidate } from "./candidate.ts";
import { contextOf, leaderOf, validatorsOf } from "./epoch-contexts.ts";
import { hasSigned, signingKey } from "./own-vote.ts";
import type { DutyContext, Situation } from "./situation.ts";

/** When it is this node's round: fix the epoch's message set, measure the aggregate, and propose both. */
export async function proposeMessageSet(context: DutyContext, situation: Situation): Promise<void> {
  if (situation.phase !== "sign" || situation.head.state.epoch >= situation.epoch) return;
  const { genesis, identity } = context.dependencies;
  const round = roundAt(genesis, situation.epoch, situation.nowMs);
  const epoch = contextOf(genesis, situation);
  if (leaderOf(epoch, round) !== identity.nodeId) return;
  if (await isGoodSetHere(context, situation.epoch)) return;
  const candidate = await collectCandidate(context, situation);
  if (!candidate) return;
  if (!isComplete(epoch, situation.nowMs, candidate, round)) return;
  context.tasks.once(
    `lead ${situation.epoch} ${round}`,
    () => propose(context, situation, round, candidate),
    (thrown) => context.events.bad(situation.epoch, "propose", "Could not propose the message set", thrown),
    {
      kind: "epoch",
      title: `Leading epoch ${situation.epoch}`,
      deadlineMs: situation.phaseEndMs,
      handBack: async (thrown) =>
        context.events.bad(situation.epoch, "propose", "The next leader has to propose", thrown),
    },
  );
}

/**
 * A set that this node has signed, or is looking at. One that it found bad keeps nobody from proposing a better one: else a
 * leader that leaves something out would cost everybody the epoch.
 */
async function isGoodSetHere(context: DutyContext, epoch: number): Promise<boolean> {
  const sets = await context.log.ofEpoch(epoch, "message-set");
  if (sets.length === 0) return false;
  const { nodeId } = context.dependencies.identity;
  if (
    sets.some(({ cid, envelope }) => envelope.author === nodeId || context.tasks.isRunning(signingKey(cid)))
  ) {
    return true;
  }
  return hasSigned(context, epoch);
}

/** All committees have answered, reserves included, or half of the leader's time is over. */
function isComplete(
  epoch: EpochContext,
  nowMs: number,
  candidate: readonly Message[],
  round: number,
): boolean {
  const { genesis } = epoch;
  const { leaderTimeoutMs } = genesis.parameters;
  const roundStartMs = phaseWindow(genesis, epoch.epoch, "sign").startMs + round * leaderTimeoutMs;
  if (nowMs - roundStartMs >= Math.floor(leaderTimeoutMs / 2)) return true;
  const attestations = candidate.filter(isMessageOf("attestation"));
  return candidate.filter(isMessageOf("submission")).every(({ cid, envelope }) => {
    const own = attestations.filter((one) => one.envelope.body.submission === cid);
    const panel = seatPanel(epoch, validatorsOf(epoch, envelope.author), own);
    return panel.attestations.length === panel.members.length;
  });
}

async function propose(
  context: DutyContext,
  situation: Situation,
  round: number,
  candidate: readonly Message[],
): Promise<boolean> {
  const { registry } = situation.registry;
  const measured = await measureAggregate(context, situation.epoch, registry, candidate);
  await context.log.append("message-set", {
    epoch: situation.epoch,
    round,
    previousRoot: situation.head.root,
    registry,
    messages: inSetOrder(candidate.map(({ cid }) => cid)),
    ...measured,
  });
  context.events.info(
    situation.epoch,
    "propose",
    `Proposed the epoch's message set: ${candidate.length} messages`,
  );
  return true;
}

export type MeasuredAggregate = Pick<MessageSetBody, "aggregateMetrics" | "clusterMetrics">;

/** The adapters that these messages lead to, on the benchmark. */
export async function measureAggregate(
  context: DutyContext,
  epoch: number,
  registry: Situation["registry"]["registry"],
  messages: readonly Message[],
): Promise<MeasuredAggregate> {
  const { engine, evaluator } = context.dependencies;
  const { state } = context.ledger.head.value;
  const artifacts = await context.ledger.artifactsFor(messages);
  const { adapter, clusters } = await engine.aggregate(state, { epoch, registry, messages, artifacts });
  if (adapter === null) return { aggregateMetrics: null, clusterMetrics: [] };
  context.events.info(epoch, "aggregate", "Measuring the aggregated version on the benchmark");
  const { metrics } = await evaluator.evaluate({ adapter });
  const clusterMetrics: ClusterMetrics[] = [];
  for (const { cluster, adapter: sum } of clusters) {
    clusterMetrics.push({ cluster, metrics: (await evaluator.evaluate({ adapter: sum })).metrics });
  }
  return { aggregateMetrics: metrics, clusterMetrics };
}
