import { epochEndMs, epochStartMs } from "../epoch/clock.ts";
import type { EpochContext } from "../epoch/context.ts";
import { type RefusedMessage, refusal } from "../epoch/members.ts";
import { type ErrorData, ignore } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Message, TypedMessage } from "../messages/message.ts";
import { brokenRule, type Parameters, withChanges } from "../parameters.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { ProposalState, State } from "../state.ts";
import { type Electorate, electorateOf } from "./electorate.ts";

export type Proposals = Map<Cid, ProposalState>;

export interface OpenedProposals {
  readonly proposals: Proposals;
  readonly proposers: Map<NodeId, number>;
  readonly refused: RefusedMessage[];
}

/**
 * Opens the epoch's new proposals, at most one of an author, each later in its log than the last. The epoch's registry is the
 * snapshot of who may vote with how much. Refused, all IGNORE, with: duplicate, superseded, not-staked, proposal-stake,
 * proposal-limit, parameter-rule.
 */
export function openProposals(
  context: EpochContext,
  messages: readonly TypedMessage<"proposal">[],
): OpenedProposals {
  const opened: OpenedProposals = {
    proposals: new Map(context.state.proposals),
    proposers: new Map(context.state.proposers),
    refused: [],
  };
  const inThisEpoch = new Set<NodeId>();
  const electorate = messages.length === 0 ? NOBODY : electorateOf(context);
  for (const message of messages) {
    const { author, sequence } = message.envelope;
    const error = checkProposal(context, opened, inThisEpoch.has(author), message);
    if (error !== undefined) {
      opened.refused.push(refusal(message, error));
      continue;
    }
    inThisEpoch.add(author);
    opened.proposers.set(author, sequence);
    opened.proposals.set(message.cid, newProposal(context, electorate, message));
  }
  return opened;
}

const NOBODY: Electorate = { weights: new Map(), quorumWei: 0n };

function checkProposal(
  context: EpochContext,
  { proposals, proposers }: OpenedProposals,
  hasOpened: boolean,
  message: TypedMessage<"proposal">,
): ErrorData | undefined {
  const { author, sequence, body } = message.envelope;
  if (proposals.has(message.cid)) return ignore("duplicate", "This proposal is already known").data;
  if (hasOpened) return ignore("proposal-limit", "One proposal an epoch and author").data;
  if (sequence <= (proposers.get(author) ?? -1)) {
    return ignore("superseded", "A later proposal of its author has been opened before").data;
  }
  return (
    checkStake(context, proposals, author) ??
    checkOpen(proposals) ??
    (body.changes === null ? undefined : brokenRule(withChanges(context.parameters, body.changes)))
  );
}

function checkStake(context: EpochContext, proposals: Proposals, author: NodeId): ErrorData | undefined {
  const entry = context.staked.get(author);
  if (entry === undefined) return ignore("not-staked", "To propose, a node must be staked").data;
  const neededWei = proposalStakeWei(context.parameters, proposals, author);
  if (entry.stakeWei >= neededWei) return undefined;
  const message = "Its author has too little at stake to propose";
  return ignore("proposal-stake", message, `at least ${neededWei} wei`, `${entry.stakeWei} wei`).data;
}

/** Stake that an author needs for one more proposal: the minimum, and the bonds of all that it has open. */
export function proposalStakeWei(
  { proposalMinimumStakeWei, proposalBondWei }: Parameters,
  proposals: ReadonlyMap<Cid, ProposalState>,
  author: NodeId,
): bigint {
  let neededWei = proposalBondWei;
  for (const proposal of proposals.values()) {
    if (proposal.status === "open" && proposal.author === author) neededWei += proposal.bondWei;
  }
  if (neededWei < proposalMinimumStakeWei) return proposalMinimumStakeWei;
  return neededWei;
}

function checkOpen(proposals: Proposals): ErrorData | undefined {
  const open = [...proposals.values()].filter(({ status }) => status === "open").length;
  if (open < LIMITS.openProposals) return undefined;
  return ignore("proposal-limit", "Too many proposals are open", `${LIMITS.openProposals}`).data;
}

function newProposal(
  context: EpochContext,
  { weights, quorumWei }: Electorate,
  message: TypedMessage<"proposal">,
): ProposalState {
  const { votingPeriodMs, passThresholdPpm, proposalBondWei } = context.parameters;
  const { author, body } = message.envelope;
  return {
    author,
    title: body.title,
    changes: body.changes,
    replaced: null,
    status: "open",
    openedInEpoch: context.epoch,
    closesAtMs: epochEndMs(context.genesis, context.epoch) + votingPeriodMs,
    weights,
    ballots: new Map(),
    forWei: 0n,
    againstWei: 0n,
    abstainWei: 0n,
    quorumWei,
    passThresholdPpm,
    bondWei: proposalBondWei,
  };
}

/** Whether ballots included in `epoch` count: an epoch counts when it begins before voting closes. */
export function isVotingOpen(genesis: Genesis, proposal: ProposalState, epoch: number): boolean {
  return proposal.status === "open" && epochStartMs(genesis, epoch) < proposal.closesAtMs;
}

/** Whether a proposal or ballot still waits to be included: leaders put these into the next set. */
export function isPending(genesis: Genesis, state: State, epoch: number, message: Message): boolean {
  if (message.kind === "proposal") {
    const { author, sequence, body } = message.envelope;
    if (sequence <= (state.proposers.get(author) ?? -1)) return false;
    return body.changes === null || brokenRule(withChanges(state.parameters, body.changes)) === undefined;
  }
  if (message.kind !== "ballot") return false;
  const proposal = state.proposals.get(message.envelope.body.proposal);
  if (proposal === undefined || !isVotingOpen(genesis, proposal, epoch)) return false;
  const counted = proposal.ballots.get(message.envelope.author);
  return (
    proposal.weights.has(message.envelope.author) &&
    (counted === undefined || message.envelope.sequence > counted.sequence)
  );
}
