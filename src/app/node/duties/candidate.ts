import { epochEndMs } from "../../../core/epoch/clock.ts";
import { checkTiming } from "../../../core/epoch/timing.ts";
import { isPending } from "../../../core/governance/proposals.ts";
import type { Kind } from "../../../core/messages/kinds.ts";
import type { Message, TypedMessage } from "../../../core/messages/message.ts";
import type { DutyContext, Situation } from "./situation.ts";

/** The messages that this node would put into the epoch's set, or undefined when there is nothing to close. */
export async function collectCandidate(
  context: DutyContext,
  situation: Situation,
): Promise<readonly Message[] | undefined> {
  const [commits, submissions, attestations, governance] = await Promise.all([
    timely(context, situation.epoch, "commit"),
    timely(context, situation.epoch, "submission"),
    timely(context, situation.epoch, "attestation"),
    pendingGovernance(context, situation),
  ]);
  if (submissions.length === 0 && governance.length === 0 && !hasTally(context, situation)) return undefined;
  return [...commits, ...submissions, ...attestations, ...governance];
}

async function timely<K extends Kind>(
  context: DutyContext,
  epoch: number,
  kind: K,
): Promise<readonly (Message & TypedMessage<K>)[]> {
  const held = await context.log.ofEpoch(epoch, kind);
  return held.filter(
    (message) =>
      checkTiming(context.dependencies.genesis, message, message.envelope.timestampMs) === undefined,
  );
}

/** Proposals and ballots that the state does not know yet, from people who may make them. */
async function pendingGovernance(context: DutyContext, situation: Situation): Promise<readonly Message[]> {
  const { genesis } = context.dependencies;
  const { state } = situation.head;
  const endMs = epochEndMs(genesis, situation.epoch);
  const staked = new Set(
    situation.registry.registry.entries
      .filter((entry) => entry.stakeWei >= state.parameters.minimumStakeWei)
      .map((entry) => entry.nodeId),
  );
  const proposals = (await context.log.ofKind("proposal")).filter(
    (message) =>
      isPending(genesis, state, situation.epoch, message) &&
      staked.has(message.envelope.author) &&
      message.envelope.timestampMs < endMs,
  );
  const opening = new Set(proposals.map(({ cid }) => cid));
  const ballots = (await context.log.ofKind("ballot")).filter(({ envelope }) => {
    const { author, sequence, body, timestampMs } = envelope;
    if (timestampMs >= endMs) return false;
    if (opening.has(body.proposal)) return staked.has(author);
    const proposal = state.proposals.get(body.proposal);
    if (proposal?.status !== "open" || !proposal.weights.has(author)) return false;
    return sequence > (proposal.ballots.get(author)?.sequence ?? -1);
  });
  return [...proposals, ...ballots];
}

/** A vote whose time is over is counted in the next epoch that closes, even when nothing else happened. */
function hasTally(context: DutyContext, situation: Situation): boolean {
  const endMs = epochEndMs(context.dependencies.genesis, situation.epoch);
  return [...situation.head.state.proposals.values()].some(
    (proposal) => proposal.status === "open" && proposal.closesAtMs <= endMs,
  );
}
