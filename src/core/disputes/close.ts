/** What a jury's decision does: to the verdict, to stakes, to reputations. */
import type { Books } from "../economy/books.ts";
import type { EpochContext } from "../epoch/context.ts";
import type { Conduct, ConductRecord } from "../epoch/reputation.ts";
import { mulDivWei } from "../fixed-point/integers.ts";
import type { Cid, NodeId, ReportedMetrics } from "../primitives.ts";
import type { DisputeState, PaymentReason, VerdictRecord } from "../state.ts";
import { isAuthorsFault, type Outcome, outcomeOf, sameMeasured, UNFAITHFUL } from "./finding.ts";
import type { Decision } from "./rulings.ts";

const PPM = 1_000_000n;

type Measured = ReportedMetrics | null;
type Decided = Extract<Decision, { kind: "upheld" | "overturned" }>;

export interface Closing {
  readonly context: EpochContext;
  readonly books: Books;
  readonly conduct: ConductRecord;
  /** CID of the dispute. */
  readonly cid: Cid;
  readonly dispute: DisputeState;
  readonly record: VerdictRecord;
}

/**
 * The verdict becomes what the jury found. Members whose verdict it was are charged, unless only a deeper audit could know
 * better; members who had found what the jury found get back what it cost them. What is held back for it is lost.
 */
export function overturn(closing: Closing, decision: Decided): VerdictRecord {
  const { context, books, record, dispute, cid } = closing;
  const { metrics } = decision;
  const outcome = outcomeOf(context.parameters, record, metrics);
  const right = vindicatedOf(record, outcome, metrics);
  const liars = outcome.reason === UNFAITHFUL ? [] : liarsOf(record, right);
  books.cancel(dispute.submission);
  const takenWei = liars.reduce(
    (sumWei, nodeId) =>
      sumWei + books.slash(nodeId, "wrong-verdict", cid, context.parameters.slashWrongVerdictPpm),
    0n,
  );
  returnBond(closing);
  if (sameMeasured(dispute.metrics, metrics)) {
    rewardFinder(closing, takenWei);
    note(closing, [dispute.disputer], "right");
  }
  rewardJury(closing, takenWei, decision.majority);
  note(closing, liars, "wrong");
  note(closing, right, "right");
  restore(closing, right);
  recordAuthor(closing, isAuthorsFault(outcome));
  noteJury(closing, decision);
  return { ...record, ...outcome, metrics, right, dissent: new Map() };
}

/** Members who were outvoted with what the jury found: who measured that it passes must have let it pass. */
function vindicatedOf({ dissent }: VerdictRecord, outcome: Outcome, metrics: Measured): NodeId[] {
  const found = [...dissent].filter(
    ([, member]) => sameMeasured(member.metrics, metrics) && (member.pass || !outcome.passed),
  );
  return found.map(([nodeId]) => nodeId).sort();
}

/** Whose finding the verdict was; a member may have found the same, and have been outvoted about something else. */
function liarsOf({ right, dissent, metrics }: VerdictRecord, vindicated: readonly NodeId[]): NodeId[] {
  const others = [...dissent].filter(
    ([nodeId, member]) => sameMeasured(member.metrics, metrics) && !vindicated.includes(nodeId),
  );
  return [...right, ...others.map(([nodeId]) => nodeId)].sort();
}

function recordAuthor(closing: Closing, isAtFault: boolean): void {
  const { record } = closing;
  const wasAtFault = isAuthorsFault(record);
  if (isAtFault === wasAtFault) return;
  note(closing, [record.author], isAtFault ? "wrong" : "right");
  if (wasAtFault) restore(closing, [record.author]);
}

/** The verdict stands: who disputed it loses the bond, to the jurors and the pool. */
export function uphold(closing: Closing, decision: Decided): void {
  const { books, cid, dispute } = closing;
  rewardJury(closing, books.cancel(cid), decision.majority);
  note(closing, [dispute.disputer], "wrong");
  noteJury(closing, decision);
}

/** Nothing could be decided: nobody is charged, and the bond goes back. */
export function expire(closing: Closing): void {
  returnBond(closing);
  noteAbsent(closing);
}

/** Jurors who did not answer in time missed their duty. */
export function noteAbsent(closing: Closing): void {
  const { context, dispute } = closing;
  if (context.epoch < dispute.closesInEpoch) return;
  const absent = dispute.jury.filter((nodeId) => !dispute.rulings.has(nodeId));
  note(closing, absent, "missed");
}

function noteJury(closing: Closing, { majority, against }: Decided): void {
  note(closing, majority, "right");
  note(closing, against, "wrong");
  noteAbsent(closing);
}

function returnBond({ books, cid, dispute }: Closing): void {
  const amountWei = books.cancel(cid);
  books.pay({ account: dispute.account, nodeId: dispute.disputer, reason: "bond", source: cid, amountWei });
}

/** Of what was taken from who was wrong, to who found it. */
export function rewardFinder(
  { context, books, cid, dispute }: Omit<Closing, "conduct" | "record">,
  takenWei: bigint,
): void {
  const amountWei = mulDivWei(takenWei, BigInt(context.parameters.disputeBountyPpm), PPM);
  books.pay({ account: dispute.account, nodeId: dispute.disputer, reason: "bounty", source: cid, amountWei });
}

/** The same to each juror of the majority; what rounding leaves stays in the pool. */
function rewardJury({ context, books, cid }: Closing, takenWei: bigint, jurors: readonly NodeId[]): void {
  const paid = jurors.flatMap((nodeId) => context.staked.get(nodeId) ?? []);
  if (paid.length === 0) return;
  const share = BigInt(context.parameters.juryRewardPpm);
  const amountWei = mulDivWei(takenWei, share, PPM * BigInt(paid.length));
  const reason: PaymentReason = "ruling";
  for (const { nodeId, account } of paid) books.pay({ account, nodeId, reason, source: cid, amountWei });
}

/** Only staked nodes have a record. */
function note({ context, conduct }: Closing, nodeIds: readonly NodeId[], what: Conduct): void {
  for (const nodeId of nodeIds) if (context.staked.has(nodeId)) conduct.add(nodeId, what);
}

function restore({ context, conduct }: Closing, nodeIds: readonly NodeId[]): void {
  for (const nodeId of nodeIds) if (context.staked.has(nodeId)) conduct.restore(nodeId);
}
