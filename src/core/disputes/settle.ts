import { sortedEntries } from "../codec/sorted-map.ts";
import type { Books } from "../economy/books.ts";
import type { EpochContext } from "../epoch/context.ts";
import type { Judgement } from "../epoch/judge.ts";
import type { EpochMembers, RefusedMessage } from "../epoch/members.ts";
import type { ConductRecord } from "../epoch/reputation.ts";
import type { Cid } from "../primitives.ts";
import type { DisputeState, VerdictRecord } from "../state.ts";
import { drawAuditors } from "./audits.ts";
import { type Closing, expire, noteAbsent, overturn, uphold } from "./close.ts";
import { drawJury } from "./jury.ts";
import { openDisputes } from "./open.ts";
import { chargeAuthor, finalOnes, recordOf } from "./records.ts";
import { countRulings, decide } from "./rulings.ts";

export interface Settlement {
  readonly verdicts: ReadonlyMap<Cid, VerdictRecord>;
  readonly disputes: ReadonlyMap<Cid, DisputeState>;
  readonly refused: readonly RefusedMessage[];
}

type Verdicts = Map<Cid, VerdictRecord>;
type Disputes = Map<Cid, DisputeState>;

/**
 * Notes the epoch's verdicts, and what becomes of disputes about earlier ones: auditors and juries are drawn, rulings
 * counted, decided disputes closed, new ones opened, and what can no longer be disputed becomes final.
 */
export function settleDisputes(
  context: EpochContext,
  members: EpochMembers,
  judgements: readonly Judgement[],
  books: Books,
  conduct: ConductRecord,
): Settlement {
  const verdicts: Verdicts = new Map(context.state.verdicts);
  const disputes: Disputes = new Map(context.state.disputes);
  for (const [submission, auditor] of drawAuditors(context)) {
    const record = verdicts.get(submission);
    if (record !== undefined) verdicts.set(submission, { ...record, auditor });
  }
  summonJuries(context, verdicts, disputes);
  const refusedRulings = countRulings(context, { verdicts, disputes }, members);
  closeDisputes(context, verdicts, disputes, books, conduct);
  const refusedDisputes = openDisputes(context, { verdicts, disputes }, members.disputes, books);
  for (const judgement of judgements) {
    const record = recordOf(context, members, judgement);
    if (record !== undefined) verdicts.set(judgement.submission.cid, record);
  }
  withholdDisputed(disputes, books);
  finish(context, verdicts, disputes, books);
  return {
    verdicts: new Map(sortedEntries(verdicts)),
    disputes: new Map(sortedEntries(disputes)),
    refused: [...refusedRulings, ...refusedDisputes],
  };
}

/** A jury has rulingEpochs from the epoch that draws it on, that one included. */
function summonJuries(context: EpochContext, verdicts: Verdicts, disputes: Disputes): void {
  for (const [cid, dispute] of disputes) {
    const record = verdicts.get(dispute.submission);
    if (dispute.status !== "open" || dispute.jury.length > 0 || record === undefined) continue;
    const jury = drawJury(context, cid, dispute, record);
    const closesInEpoch = context.epoch - 1 + context.parameters.rulingEpochs;
    disputes.set(cid, { ...dispute, jury, closesInEpoch });
  }
}

function closeDisputes(
  context: EpochContext,
  verdicts: Verdicts,
  disputes: Disputes,
  books: Books,
  conduct: ConductRecord,
): void {
  for (const [cid, dispute] of sortedEntries(disputes)) {
    const record = verdicts.get(dispute.submission);
    if (dispute.status !== "open" || record === undefined) continue;
    const closing: Closing = { context, books, conduct, cid, dispute, record };
    const next = closeOne(closing, verdicts);
    if (next !== undefined) disputes.set(cid, next);
  }
}

/** The dispute after this epoch; undefined while its jury is at work. */
function closeOne(closing: Closing, verdicts: Verdicts): DisputeState | undefined {
  const { context, dispute } = closing;
  const decision = dispute.jury.length === 0 ? ({ kind: "expired" } as const) : decide(context, dispute);
  switch (decision.kind) {
    case "waiting":
      return undefined;
    case "deeper":
      noteAbsent(closing);
      return { ...dispute, stage: 2, jury: [], rulings: new Map() };
    case "expired":
      expire(closing);
      break;
    case "upheld":
      uphold(closing, decision);
      break;
    case "overturned":
      verdicts.set(dispute.submission, overturn(closing, decision));
      break;
  }
  return { ...dispute, status: decision.kind };
}

/** Neither what the verdict earned nor the bond is paid while a jury is at work. */
function withholdDisputed(disputes: Disputes, books: Books): void {
  for (const [cid, { submission, status }] of disputes) {
    if (status !== "open") continue;
    books.withhold(cid);
    books.withhold(submission);
  }
}

function finish(context: EpochContext, verdicts: Verdicts, disputes: Disputes, books: Books): void {
  for (const submission of finalOnes(context, verdicts, disputes)) {
    const record = verdicts.get(submission);
    const about = sortedEntries(disputes).filter(([, dispute]) => dispute.submission === submission);
    if (record !== undefined) chargeAuthor(context, submission, record, about, books);
    verdicts.delete(submission);
    for (const [cid] of about) disputes.delete(cid);
  }
}
