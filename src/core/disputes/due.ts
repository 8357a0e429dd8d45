import type { EpochContext } from "../epoch/context.ts";
import { drawAuditors } from "./audits.ts";
import { isAuthorsFault } from "./finding.ts";
import { finalOnes } from "./records.ts";

/**
 * Whether an epoch is worth closing although nobody said anything in it: a jury is at work, held-back pay is due, an audit
 * would be drawn, or an author's charge becomes final.
 */
export function isSettlementDue(context: EpochContext): boolean {
  const { state, epoch } = context;
  return (
    [...state.disputes.values()].some(({ status }) => status === "open") ||
    state.pending.some(({ dueInEpoch }) => dueInEpoch <= epoch) ||
    drawAuditors(context).size > 0 ||
    finalOnes(context, state.verdicts, state.disputes).some((submission) => {
      const record = state.verdicts.get(submission);
      return record !== undefined && isAuthorsFault(record);
    })
  );
}
