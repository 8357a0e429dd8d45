/**
 * Answers that were paid for. The requester's stake pays the fee: the pool's share stays in the pool, the provider has the
 * rest. The first answer to a request may also bring its provider new tokens and its requester a micro-reward.
 *
 * Nobody can tell two strangers from two nodes of one person, and a signature of each shows no work. So a receipt brings
 * back less than it costs, whoever is behind it: micro-reward + inference pay ≤ ⌊feeReturnPpm of what the pool got⌋, and
 * feeReturnPpm is below one. A person who trades receipts with themselves gets the provider's part of the fee back, and
 * of the pool's part always less than all. An answer without a fee brings nothing, however many FLOPs it names; and by
 * shareByFlops these FLOPs take nothing from the answers of others.
 */
import { compareText } from "../bytes.ts";
import { sortedEntries } from "../codec/sorted-map.ts";
import { epochStartMs } from "../epoch/clock.ts";
import type { EpochContext } from "../epoch/context.ts";
import { type RefusedMessage, refusal } from "../epoch/members.ts";
import { type ErrorData, ignore } from "../errors.ts";
import { ceilDivWei, floorDiv, leastWei, mostWei, mulDivWei } from "../fixed-point/integers.ts";
import { LIMITS } from "../limits.ts";
import type { Address, Hash, NodeId } from "../primitives.ts";
import type { MicroRewards, Payment, State } from "../state.ts";
import type { Books } from "./books.ts";
import { checkReceipt, type ReceiptMessage, requestKey } from "./check-receipt.ts";
import { type FlopsClaim, shareByFlops } from "./inference-pay.ts";

const PPM = 1_000_000n;
const DAY_MS = 24 * 3_600_000;

export interface SettledReceipts extends Pick<State, "microRewards" | "requests"> {
  readonly refused: readonly RefusedMessage[];
}

interface FirstAnswer extends FlopsClaim {
  readonly receipt: ReceiptMessage;
}

/**
 * Settles an epoch's receipts in their order (author, sequence) and mints inference pay of at most `potWei`.
 * Refused with checkReceipt's codes, then IGNORE receipt-limit (the requester has receiptsPerRequester in this epoch),
 * fee-uncovered (the requester's stake cannot spare the fee).
 */
export function settleReceipts(
  context: EpochContext,
  receipts: readonly ReceiptMessage[],
  potWei: bigint,
  books: Books,
): SettledReceipts {
  const requests = remembered(context);
  const day = dayOf(context);
  const today = new Map([...context.state.microRewards].filter(([, entry]) => entry.day === day));
  const counts = new Map<NodeId, number>();
  const firstAnswers: FirstAnswer[] = [];
  const refused: RefusedMessage[] = [];
  for (const receipt of receipts) {
    const { requester } = receipt.envelope.body;
    const count = counts.get(requester) ?? 0;
    const error =
      checkReceipt(context, receipt) ?? checkCount(context, count) ?? checkFee(context, books, receipt);
    if (error !== undefined) {
      refused.push(refusal(receipt, error));
      continue;
    }
    counts.set(requester, count + 1);
    const returnWei = settleFee(context, receipt, books);
    const key = requestKey(receipt.envelope.body);
    // What brings nothing is not remembered: free answers cannot make the state grow.
    if (returnWei === 0n || requests.has(key)) continue;
    requests.set(key, context.epoch);
    const microWei = payInteraction(context, receipt, returnWei, { day, today }, books);
    const flops = BigInt(receipt.envelope.body.flops);
    firstAnswers.push({ receipt, flops, boundWei: returnWei - microWei });
  }
  mintInference(context, firstAnswers, potWei, books);
  return {
    microRewards: new Map(sortedEntries(today)),
    requests: new Map(sortedEntries(newest(requests))),
    refused,
  };
}

function checkCount({ parameters }: EpochContext, count: number): ErrorData | undefined {
  const { receiptsPerRequester } = parameters;
  if (count < receiptsPerRequester) return undefined;
  const message = "Its requester has too many receipts in this epoch";
  return ignore("receipt-limit", message, `at most ${receiptsPerRequester}`).data;
}

function checkFee(context: EpochContext, books: Books, { envelope }: ReceiptMessage): ErrorData | undefined {
  const { requester, feeWei } = envelope.body;
  const spareWei = books.stakeLeftWei(requester) - reserveWei(context, requester);
  if (feeWei <= 0n || feeWei <= spareWei) return undefined;
  const message = "Its requester's stake cannot spare the fee";
  return ignore("fee-uncovered", message, `at most ${mostWei(spareWei, 0n)} wei`, `${feeWei} wei`).data;
}

/**
 * What fees must leave of a stake: half the minimum, below which a node no longer takes part, and what the worst slash may
 * take. Else a liar could carry its stake off as fees to a friend before a verdict is final.
 */
function reserveWei({ parameters, stakeOf }: EpochContext, nodeId: NodeId): bigint {
  const { slashEquivocationPpm, slashFalseMetricsPpm, slashWrongVerdictPpm, minimumStakeWei } = parameters;
  const partWei = (sharePpm: number) => ceilDivWei(stakeOf(nodeId) * BigInt(sharePpm), PPM);
  return mostWei(
    ceilDivWei(minimumStakeWei, 2n),
    partWei(slashEquivocationPpm),
    partWei(slashFalseMetricsPpm),
    partWei(slashWrongVerdictPpm),
  );
}

/** Returns what the fee may bring back. */
function settleFee(context: EpochContext, receipt: ReceiptMessage, books: Books): bigint {
  const { requester, feeWei } = receipt.envelope.body;
  const { poolFeeSharePpm, feeReturnPpm } = context.parameters;
  const poolPartWei = mulDivWei(feeWei, BigInt(poolFeeSharePpm), PPM);
  books.charge(requester, "fee", receipt.cid, feeWei);
  const payment = paymentTo(context, receipt.envelope.author, "fee", receipt, feeWei - poolPartWei);
  books.pay(payment, { kind: "fee", feeWei, poolFeeSharePpm, messages: [receipt.cid] });
  return mulDivWei(poolPartWei, BigInt(feeReturnPpm), PPM);
}

/** Pays the requester at most half of what comes back; the other half is the provider's. Returns what was paid. */
function payInteraction(
  context: EpochContext,
  receipt: ReceiptMessage,
  returnWei: bigint,
  { day, today }: { readonly day: number; readonly today: Map<NodeId, MicroRewards> },
  books: Books,
): bigint {
  const { requester } = receipt.envelope.body;
  const { microRewardWei, microRewardDailyWei } = context.parameters;
  const paidWei = today.get(requester)?.paidWei ?? 0n;
  // Governance may have lowered the cap since the morning.
  const leftTodayWei = mostWei(microRewardDailyWei - paidWei, 0n);
  const halfReturnWei = returnWei / 2n;
  const amountWei = leastWei(microRewardWei, leftTodayWei, halfReturnWei);
  const payment = paymentTo(context, requester, "interaction", receipt, amountWei);
  const messages = [receipt.cid];
  const why = { kind: "interaction", microRewardWei, leftTodayWei, halfReturnWei, messages } as const;
  const microWei = books.pay(payment, why);
  if (microWei > 0n) today.set(requester, { day, paidWei: paidWei + microWei });
  return microWei;
}

/** Paid at once: nothing about a receipt can be disputed later, since both sides have signed it. */
function mintInference(
  context: EpochContext,
  firstAnswers: readonly FirstAnswer[],
  potWei: bigint,
  books: Books,
): void {
  for (const { claim, amountWei, potLeftWei, flopsLeft } of shareByFlops(potWei, firstAnswers)) {
    const { receipt, flops, boundWei } = claim;
    const payment = paymentTo(context, receipt.envelope.author, "inference", receipt, amountWei);
    const messages = [receipt.cid];
    const why = { kind: "flops-share", potLeftWei, flops, flopsLeft, boundWei, messages } as const;
    books.mint(payment, context.epoch, why);
  }
}

function paymentTo(
  context: EpochContext,
  nodeId: NodeId,
  reason: Payment["reason"],
  { cid }: ReceiptMessage,
  amountWei: bigint,
): Payment {
  return { account: accountOf(context, nodeId), nodeId, reason, source: cid, amountWei };
}

/** checkReceipt has seen that both take part; the foundation's account stands in for the type. */
function accountOf({ staked, parameters }: EpochContext, nodeId: NodeId): Address {
  return staked.get(nodeId)?.account ?? parameters.foundationAccount;
}

/** Days since the network's start. */
function dayOf({ genesis, epoch }: EpochContext): number {
  return floorDiv(epochStartMs(genesis, epoch) - genesis.startMs, DAY_MS);
}

/** Requests are forgotten when verdicts of their epoch can no longer be disputed: a receipt counts in its own epoch only. */
function remembered({ state, epoch, parameters }: EpochContext): Map<Hash, number> {
  return new Map(
    [...state.requests].filter(([, answered]) => answered + parameters.challengeEpochs >= epoch),
  );
}

/** A request that is forgotten too early can bring new tokens twice, which costs more than it brings. */
function newest(requests: ReadonlyMap<Hash, number>): Map<Hash, number> {
  if (requests.size <= LIMITS.rememberedRequests) return new Map(requests);
  const entries = [...requests].sort(([a, aEpoch], [b, bEpoch]) => bEpoch - aEpoch || compareText(a, b));
  return new Map(entries.slice(0, LIMITS.rememberedRequests));
}
