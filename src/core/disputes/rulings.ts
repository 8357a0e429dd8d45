import type { EpochContext } from "../epoch/context.ts";
import { type EpochMembers, type RefusedMessage, refusal } from "../epoch/members.ts";
import { reputationOf } from "../epoch/reputation.ts";
import { type ErrorData, ignore, reject } from "../errors.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { NodeId, ReportedMetrics } from "../primitives.ts";
import type { CountedRuling, DisputeState, VerdictRecord } from "../state.ts";
import { checkMeasured, contradicts, sameMeasured } from "./finding.ts";
import type { Docket } from "./open.ts";

type RulingMessage = TypedMessage<"ruling">;

/**
 * Adds the epoch's rulings to their disputes; of one juror the first counts. Refused with, IGNORE: dispute-unknown,
 * dispute-closed, not-on-jury, duplicate; REJECT: utility-mismatch, ruling-mismatch.
 */
export function countRulings(
  context: EpochContext,
  { verdicts, disputes }: Docket,
  members: EpochMembers,
): RefusedMessage[] {
  const refused: RefusedMessage[] = [];
  for (const [cid, messages] of members.rulings) {
    const dispute = disputes.get(cid);
    const record = dispute && verdicts.get(dispute.submission);
    const rulings = new Map(dispute?.rulings);
    for (const message of messages) {
      const { author, body } = message.envelope;
      const error = checkRuling(context, dispute, record, message);
      if (error !== undefined) refused.push(refusal(message, error));
      else rulings.set(author, { ruling: body.ruling, metrics: body.metrics });
    }
    if (dispute !== undefined) disputes.set(cid, { ...dispute, rulings });
  }
  return refused;
}

export function checkRuling(
  { epoch }: EpochContext,
  dispute: DisputeState | undefined,
  record: VerdictRecord | undefined,
  { envelope: { author, body } }: RulingMessage,
): ErrorData | undefined {
  if (dispute === undefined || record === undefined) {
    return ignore("dispute-unknown", "No such dispute").data;
  }
  if (dispute.status !== "open" || epoch > dispute.closesInEpoch) {
    return ignore("dispute-closed", "The jury has ended", `until epoch ${dispute.closesInEpoch}`).data;
  }
  if (!dispute.jury.includes(author)) return ignore("not-on-jury", "Its author was not drawn").data;
  if (dispute.rulings.has(author)) return ignore("duplicate", "This juror has ruled already").data;
  const wrongUtility = checkMeasured(record, body.metrics);
  if (wrongUtility !== undefined) return wrongUtility;
  if (isConsistent(dispute, record, body)) return undefined;
  const message = "What the juror measured does not say what it ruled";
  return reject("ruling-mismatch", message, undefined, body.ruling).data;
}

/** A deeper audit may overturn a delta that measures right: its training was not what its record says. */
function isConsistent(
  { stage }: DisputeState,
  record: VerdictRecord,
  { ruling, metrics }: CountedRuling,
): boolean {
  if (ruling === "uphold") return !contradicts(record, metrics);
  if (ruling === "overturn") return contradicts(record, metrics) || (stage === 2 && record.passed);
  return true;
}

/** Where a jury stands. `majority`: jurors of the two thirds, ascending; `against`: who ruled the opposite. */
export type Decision =
  | {
      readonly kind: "upheld" | "overturned";
      readonly metrics: ReportedMetrics | null;
      readonly majority: NodeId[];
      readonly against: NodeId[];
    }
  | { readonly kind: "deeper" | "expired" | "waiting" };

/**
 * Two thirds of the whole jury's reputation decide, absent jurors' included, as soon as they agree; to overturn they must
 * have measured the same. Else a third for an audit, or the end of the first stage, goes deeper; the end of the second
 * decides nothing.
 */
export function decide({ state, epoch }: EpochContext, dispute: DisputeState): Decision {
  const weightOf = (nodeIds: readonly NodeId[]) =>
    nodeIds.reduce((sum, nodeId) => sum + BigInt(reputationOf(state, nodeId)), 0n);
  const { jury, rulings, stage } = dispute;
  const total = weightOf(jury);
  const spoke = jury.filter((nodeId) => isDecisive(rulings.get(nodeId)));
  for (const nodeId of spoke) {
    const ruling = rulings.get(nodeId);
    if (ruling === undefined) continue;
    const majority = spoke.filter((other) => agree(ruling, rulings.get(other)));
    if (weightOf(majority) * 3n < total * 2n) continue;
    const against = spoke.filter((other) => !majority.includes(other));
    const kind = ruling.ruling === "uphold" ? "upheld" : "overturned";
    return { kind, metrics: ruling.metrics, majority, against };
  }
  const isOver = epoch >= dispute.closesInEpoch;
  if (stage === 2) return { kind: isOver ? "expired" : "waiting" };
  const asking = jury.filter((nodeId) => rulings.get(nodeId)?.ruling === "audit");
  const isAsked = asking.length > 0 && weightOf(asking) * 3n >= total;
  return { kind: isAsked || isOver ? "deeper" : "waiting" };
}

function isDecisive(ruling: CountedRuling | undefined): boolean {
  return ruling !== undefined && ruling.ruling !== "audit";
}

/** All who uphold measured what the verdict says, by isConsistent. */
function agree(a: CountedRuling, b: CountedRuling | undefined): boolean {
  return b !== undefined && a.ruling === b.ruling && sameMeasured(a.metrics, b.metrics);
}
