import { epochEndMs, epochStartMs } from "../epoch/clock.ts";
import type { EpochContext } from "../epoch/context.ts";
import { type RefusedMessage, refusal } from "../epoch/members.ts";
import { type ErrorData, ignore } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Message, TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { ProposalState, State } from "../state.ts";

const PPM = 1_000_000n;

export type Proposals = Map<Cid, ProposalState>;

/**
 * Opens the epoch's new proposals. Whoever is staked in the epoch's registry may propose, once an epoch; the registry is
 * the snapshot of who may vote with how much. Refused with: duplicate, not-staked, proposal-limit.
 */
export function openProposals(
  context: EpochContext,
  before: ReadonlyMap<Cid, ProposalState>,
  messages: readonly TypedMessage<"proposal">[],
): { proposals: Proposals; refused: RefusedMessage[] } {
  const proposals = new Map(before);
  const refused: RefusedMessage[] = [];
  const proposers = new Set<NodeId>();
  for (const message of messages) {
    const error = checkProposal(context, proposals, proposers, message);
    if (error !== undefined) {
      refused.push(refusal(message, error));
      continue;
    }
    proposers.add(message.envelope.author);
    proposals.set(message.cid, newProposal(context, message));
  }
  return { proposals, refused };
}

function checkProposal(
  context: EpochContext,
  proposals: Proposals,
  proposers: ReadonlySet<NodeId>,
  message: TypedMessage<"proposal">,
): ErrorData | undefined {
  const { author } = message.envelope;
  if (proposals.has(message.cid)) return ignore("duplicate", "This proposal is already known").data;
  if (!context.staked.has(author)) return ignore("not-staked", "To propose, a node must be staked").data;
  if (proposers.has(author)) return ignore("proposal-limit", "One proposal an epoch and author").data;
  const open = [...proposals.values()].filter(({ status }) => status === "open").length;
  if (open < LIMITS.openProposals) return undefined;
  return ignore("proposal-limit", "Too many proposals are open", `${LIMITS.openProposals}`).data;
}

function newProposal(context: EpochContext, message: TypedMessage<"proposal">): ProposalState {
  const { votingPeriodMs, quorumPpm } = context.parameters;
  const weights = new Map([...context.staked].map(([nodeId, { stakeWei }]) => [nodeId, stakeWei]));
  const total = [...weights.values()].reduce((sum, stakeWei) => sum + stakeWei, 0n);
  return {
    author: message.envelope.author,
    title: message.envelope.body.title,
    changes: message.envelope.body.changes,
    status: "open",
    openedInEpoch: context.epoch,
    closesAtMs: epochEndMs(context.genesis, context.epoch) + votingPeriodMs,
    weights,
    ballots: new Map(),
    forWei: 0n,
    againstWei: 0n,
    abstainWei: 0n,
    quorumWei: (total * BigInt(quorumPpm) + PPM - 1n) / PPM,
  };
}

/** Whether ballots included in `epoch` count: an epoch counts when it begins before voting closes. */
export function isVotingOpen(genesis: Genesis, proposal: ProposalState, epoch: number): boolean {
  return proposal.status === "open" && epochStartMs(genesis, epoch) < proposal.closesAtMs;
}

/** Whether a proposal or ballot still waits to be included: leaders put these into the next set. */
export function isPending(genesis: Genesis, state: State, epoch: number, message: Message): boolean {
  if (message.kind === "proposal") return !state.proposals.has(message.cid);
  if (message.kind !== "ballot") return false;
  const proposal = state.proposals.get(message.envelope.body.proposal);
  if (proposal === undefined || !isVotingOpen(genesis, proposal, epoch)) return false;
  const counted = proposal.ballots.get(message.envelope.author);
  return (
    proposal.weights.has(message.envelope.author) &&
    (counted === undefined || message.envelope.sequence > counted.sequence)
  );
}
