import { type ErrorData, ignore } from "../errors.ts";
import type { Judgement } from "./judge.ts";
import { type EpochMembers, type RefusedMessage, refusal } from "./members.ts";
import type { AttestationMessage } from "./verdict.ts";

/** Attestations that weighed nothing, with why: submission-unknown, not-on-committee, attestation-mismatch. */
export function uncountedAttestations(
  members: EpochMembers,
  judgements: readonly Judgement[],
): RefusedMessage[] {
  const byCid = new Map(judgements.map((judgement) => [judgement.submission.cid, judgement]));
  return [...members.attestations].flatMap(([submission, attestations]) =>
    attestations.flatMap((attestation) => {
      const error = uncounted(byCid.get(submission), attestation);
      return error === undefined ? [] : [refusal(attestation, error)];
    }),
  );
}

function uncounted(judgement: Judgement | undefined, attestation: AttestationMessage): ErrorData | undefined {
  if (judgement === undefined) {
    return ignore("submission-unknown", "The submission is not part of this epoch").data;
  }
  const { author } = attestation.envelope;
  const { committee, attested } = judgement.verdict;
  if (!committee.includes(author)) {
    return ignore("not-on-committee", "Its author was not drawn for this submission").data;
  }
  if (attested.includes(author)) return undefined;
  return ignore("attestation-mismatch", "It is about another delta or another environment").data;
}
