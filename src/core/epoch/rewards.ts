import type { Claimant } from "../economy/rewards.ts";
import { contributorFactors, validatorFactors } from "../economy/weight.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { EpochContext } from "./context.ts";
import type { Judgement } from "./judge.ts";
import type { EpochMembers } from "./members.ts";

export interface EpochClaims {
  /** One a submission and member that was right about it. */
  readonly validators: readonly Claimant[];
  /** One a delta that was adopted; none when no version was published. */
  readonly contributors: readonly Claimant[];
}

/** Who earned a part of an epoch's reward, in order of submission, then node. */
export function epochClaims(
  context: EpochContext,
  members: EpochMembers,
  judgements: readonly Judgement[],
  published: boolean,
): EpochClaims {
  return {
    validators: judgements.flatMap((judgement) => validatorClaims(context, members, judgement)),
    contributors: published
      ? judgements.flatMap((judgement) => contributorClaim(context, members, judgement))
      : [],
  };
}

function validatorClaims(
  context: EpochContext,
  members: EpochMembers,
  { submission, verdict }: Judgement,
): Claimant[] {
  const source = submission.cid;
  const sent = attestationsBy(members, source);
  return verdict.right.flatMap((nodeId) => {
    const entry = context.staked.get(nodeId);
    if (entry === undefined) return [];
    const messages = [source, ...(sent.get(nodeId) ?? [])];
    return [{ nodeId, account: entry.account, source, factors: validatorFactors(context, entry), messages }];
  });
}

function contributorClaim(
  context: EpochContext,
  members: EpochMembers,
  { submission, verdict, accepted }: Judgement,
): Claimant[] {
  const { author } = submission.envelope;
  const entry = context.staked.get(author);
  if (accepted === undefined || entry === undefined) return [];
  const source = submission.cid;
  const sent = attestationsBy(members, source);
  const commit = members.commits.get(author);
  return [
    {
      nodeId: author,
      account: entry.account,
      source,
      factors: contributorFactors(context, entry, accepted.scorePpm),
      messages: [
        ...(commit === undefined ? [] : [commit.cid]),
        source,
        ...verdict.right.flatMap((nodeId) => sent.get(nodeId) ?? []),
      ],
    },
  ];
}

/** CIDs of the attestations of one submission, by their authors. */
function attestationsBy(members: EpochMembers, submission: Cid): ReadonlyMap<NodeId, readonly Cid[]> {
  const attestations = members.attestations.get(submission) ?? [];
  return new Map(attestations.map(({ cid, envelope }) => [envelope.author, [cid]]));
}
