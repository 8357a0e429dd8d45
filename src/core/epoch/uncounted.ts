import { type ErrorData, ignore, reject } from "../errors.ts";
import type { EpochContext } from "./context.ts";
import type { Judgement } from "./judge.ts";
import { type EpochMembers, type RefusedMessage, refusal } from "./members.ts";
import { isDrawn, isTooEarly } from "./panel.ts";
import type { AttestationMessage } from "./verdict.ts";

/**
 * Attestations that weighed nothing, with why. IGNORE: submission-unknown, not-on-committee, attestation-mismatch,
 * reserve-early, reserve-unneeded. REJECT: work-unproved.
 */
export function uncountedAttestations(
  context: EpochContext,
  members: EpochMembers,
  judgements: readonly Judgement[],
): RefusedMessage[] {
  const byCid = new Map(judgements.map((judgement) => [judgement.submission.cid, judgement]));
  return [...members.attestations].flatMap(([submission, attestations]) =>
    attestations.flatMap((attestation) => {
      const error = uncounted(context, byCid.get(submission), attestation);
      return error === undefined ? [] : [refusal(attestation, error)];
    }),
  );
}

function uncounted(
  context: EpochContext,
  judgement: Judgement | undefined,
  attestation: AttestationMessage,
): ErrorData | undefined {
  if (judgement === undefined) {
    return ignore("submission-unknown", "The submission is not part of this epoch").data;
  }
  const { author, body } = attestation.envelope;
  const { drawn, committee, attested, unproved } = judgement.verdict;
  if (!isDrawn(drawn, author)) {
    return ignore("not-on-committee", "Its author was not drawn for this submission").data;
  }
  if (unproved.includes(author)) {
    return reject("work-unproved", "Its digest or its checks are not those of who did the work").data;
  }
  if (attested.includes(author)) return undefined;
  const { deltaCid } = judgement.submission.envelope.body;
  if (body.deltaCid !== deltaCid || body.environmentCid !== context.genesis.model.environmentCid) {
    return ignore("attestation-mismatch", "It is about another delta or another environment").data;
  }
  if (!committee.includes(author) && isTooEarly(context, attestation)) {
    return ignore("reserve-early", "A reserve speaks from the middle of the verify phase on").data;
  }
  return ignore("reserve-unneeded", "No member of the committee was missing").data;
}
