import { compareText } from "../bytes.ts";
import type { Books } from "../economy/books.ts";
import type { EpochContext } from "../epoch/context.ts";
import { type RefusedMessage, refusal } from "../epoch/members.ts";
import { type ErrorData, ignore, reject } from "../errors.ts";
import { leastWei } from "../fixed-point/integers.ts";
import { LIMITS } from "../limits.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { DisputeState, VerdictRecord } from "../state.ts";
import { checkMeasured, contradicts } from "./finding.ts";

type DisputeMessage = TypedMessage<"dispute">;

export interface Docket {
  readonly verdicts: ReadonlyMap<Cid, VerdictRecord>;
  readonly disputes: Map<Cid, DisputeState>;
}

/**
 * Opens the epoch's disputes, drawn auditors' first, then ascending by CID, and takes the bonds. Refused with, IGNORE:
 * not-staked, verdict-unknown, challenge-over, own-verdict, already-disputed, dispute-limit, dispute-bond; REJECT:
 * delta-mismatch, utility-mismatch, frivolous.
 */
export function openDisputes(
  context: EpochContext,
  docket: Docket,
  messages: readonly DisputeMessage[],
  books: Books,
): RefusedMessage[] {
  const isAuditor = ({ envelope }: DisputeMessage) =>
    docket.verdicts.get(envelope.body.submission)?.auditor === envelope.author;
  const byCid = [...messages].sort((a, b) => compareText(a.cid, b.cid));
  const inOrder = [...byCid.filter(isAuditor), ...byCid.filter((message) => !isAuditor(message))];
  const refused: RefusedMessage[] = [];
  for (const message of inOrder) {
    const record = docket.verdicts.get(message.envelope.body.submission);
    const error =
      checkDispute(context, record, message) ??
      checkPlace(docket, message, isAuditor(message)) ??
      (isAuditor(message) ? undefined : checkBond(context, message, books));
    if (error !== undefined) refused.push(refusal(message, error));
    else open(context, docket, message, isAuditor(message), books);
  }
  return refused;
}

/** Whether the dispute has a point at all, whoever else disputes the same. */
export function checkDispute(
  { staked, parameters, epoch }: EpochContext,
  record: VerdictRecord | undefined,
  { envelope: { author, body } }: DisputeMessage,
): ErrorData | undefined {
  if (!staked.has(author)) return ignore("not-staked", "To dispute, a node must be staked").data;
  if (record === undefined) return ignore("verdict-unknown", "No verdict that could be disputed").data;
  const lastEpoch = record.epoch + parameters.challengeEpochs;
  if (epoch > lastEpoch) {
    return ignore("challenge-over", "This verdict is final", `until epoch ${lastEpoch}`, `${epoch}`).data;
  }
  if (body.deltaCid !== record.deltaCid) {
    return reject("delta-mismatch", "The submission is of another delta", record.deltaCid, body.deltaCid)
      .data;
  }
  if (record.right.includes(author)) return ignore("own-verdict", "Its author made this verdict").data;
  const wrongUtility = checkMeasured(record, body.metrics);
  if (wrongUtility !== undefined) return wrongUtility;
  if (contradicts(record, body.metrics) || asksForReplay(record, author)) return undefined;
  return reject("frivolous", "The disputer found what the committee found").data;
}

/** A drawn auditor may say that a delta does what was said of it, and was not trained as was said of it. */
function asksForReplay(record: VerdictRecord, author: NodeId): boolean {
  return record.passed && record.auditor === author;
}

function checkPlace(
  { disputes }: Docket,
  { envelope: { author, body } }: DisputeMessage,
  isAuditor: boolean,
): ErrorData | undefined {
  const all = [...disputes.values()];
  const blocks = ({ submission, status }: DisputeState) =>
    submission === body.submission && status !== "expired";
  if (all.some(blocks)) return ignore("already-disputed", "A jury has this verdict already").data;
  const opened = all.filter(({ status }) => status === "open");
  // One auditor a verdict: there cannot be too many of them.
  if (isAuditor) return undefined;
  const own = opened.filter(({ disputer }) => disputer === author);
  const full = opened.length >= LIMITS.openDisputes || own.length >= LIMITS.openDisputesPerNode;
  return full ? ignore("dispute-limit", "Too many disputes are open").data : undefined;
}

function checkBond(
  { parameters: { disputeBondWei } }: EpochContext,
  { envelope: { author, body } }: DisputeMessage,
  books: Books,
): ErrorData | undefined {
  const leftWei = books.stakeLeftWei(author);
  const offeredWei = leastWei(body.bondWei, leftWei);
  if (offeredWei >= disputeBondWei) return undefined;
  const message = "The bond is too small, or its author cannot pay it";
  return ignore("dispute-bond", message, `${disputeBondWei} wei`, `${offeredWei} wei`).data;
}

function open(
  context: EpochContext,
  { verdicts, disputes }: Docket,
  { cid, envelope: { author, body } }: DisputeMessage,
  isAuditor: boolean,
  books: Books,
): void {
  const { epoch, parameters, staked } = context;
  const record = verdicts.get(body.submission);
  const account = staked.get(author)?.account;
  if (record === undefined || account === undefined) return;
  const closesInEpoch = epoch + parameters.rulingEpochs;
  const bondWei = isAuditor ? 0n : books.charge(author, "dispute-bond", cid, parameters.disputeBondWei);
  const bond = { account, nodeId: author, reason: "bond", source: cid, amountWei: bondWei } as const;
  books.escrow(bond, closesInEpoch);
  disputes.set(cid, {
    submission: body.submission,
    disputer: author,
    account,
    metrics: body.metrics,
    bondWei,
    openedInEpoch: epoch,
    closesInEpoch,
    stage: contradicts(record, body.metrics) ? 1 : 2,
    jury: [],
    rulings: new Map(),
    status: "open",
  });
}
