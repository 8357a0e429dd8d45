/** Why an account was paid or a node was charged, as one sentence; every number in it comes from the explanation. */
import type { ExplainedCharge, ExplainedPayment, PaymentWhy } from "../../core/economy/explain.ts";
import { weightOf } from "../../core/economy/weight.ts";
import type { ChargeReason, PaymentReason } from "../../core/state.ts";

const TOKEN_WEI = 10n ** 18n;

const PAID_FOR: Readonly<Record<PaymentReason, string>> = {
  validation: "for a right verdict on submission",
  contribution: "for the adopted delta of submission",
  inference: "for the first answer to a request, receipt",
  fee: "as the fee of receipt",
  interaction: "for asking, receipt",
  ruling: "for a ruling on dispute",
  bounty: "for the fault shown in dispute",
  bond: "as the bond that came back from dispute",
  foundation: "to the foundation",
};

const CHARGED_FOR: Readonly<Record<ChargeReason, string>> = {
  equivocation: "for two messages in one place of its log",
  "false-metrics": "for metrics that a jury found false in submission",
  "wrong-verdict": "for a verdict that a jury overturned on submission",
  "missed-duty": "for being away from the committee of submission",
  "withheld-reveal": "for not revealing commit",
  "dispute-bond": "as the bond of dispute",
  "proposal-bond": "as the bond of proposal",
  fee: "as the fee of receipt",
};

/** `0.07 tokens for a right verdict on submission bafy…: weight 1 of 5 among 5 in a pot of 0.35 tokens (…), rounded down.` */
export function paymentSentence(
  { payment, why, dueInEpoch, poolWei }: ExplainedPayment,
  epoch: number,
): string {
  const source = payment.source === null ? "" : ` ${payment.source}`;
  const what = `${tokensText(payment.amountWei)} ${PAID_FOR[payment.reason]}${source}`;
  const from = poolWei !== null && poolWei === payment.amountWei ? "; the pool had no more" : "";
  const due = dueInEpoch > epoch ? `; held back until epoch ${dueInEpoch}` : "";
  return `${what}: ${becauseOf(why)}${from}${due}.`;
}

function becauseOf(why: PaymentWhy): string {
  switch (why.kind) {
    case "pot-share": {
      const { lockPpm, reputationPpm, scorePpm, stakeLogQ20 } = why.factors;
      const score = scorePpm === null ? "" : `score ${decimal(scorePpm, 1_000_000)} · `;
      const stake = stakeLogQ20 === null ? "" : `log2(1 + stake) ${decimal(stakeLogQ20, 1 << 20)} · `;
      const bonuses = `lock ${decimal(lockPpm, 1_000_000)} · reputation ${decimal(reputationPpm, 1_000_000)}`;
      const weight = `weight ${weightOf(why.factors)} of ${why.totalWeight} among ${why.weights.length}`;
      return `${weight} in a pot of ${tokensText(why.potWei)} (${score}${stake}${bonuses}), rounded down`;
    }
    case "flops-share":
      return `${why.flops} of ${why.flopsLeft} FLOPs in ${tokensText(why.potLeftWei)}, at most ${tokensText(why.boundWei)} by its fee`;
    case "fee":
      return `a fee of ${tokensText(why.feeWei)}, less the pool's ${decimal(why.poolFeeSharePpm, 10_000)} %`;
    case "interaction":
      return `the least of ${tokensText(why.microRewardWei)}, ${tokensText(why.leftTodayWei)} left today and ${tokensText(why.halfReturnWei)} by its fee`;
    case "foundation":
      return `${decimal(why.foundationSharePpm, 10_000)} % of the epoch's ${tokensText(why.epochRewardWei)} and ${why.roundingWei} wei that rounding left`;
    case "released":
      return why.earnedInEpoch === null
        ? "earned in an earlier epoch and held back until now"
        : `earned in epoch ${why.earnedInEpoch} and held back until now`;
    case "settled":
      return `${tokensText(why.wishedWei)} by its settlement`;
  }
}

/** `0.05 tokens taken for being away from …: 0.005 % of a stake of 1000 tokens.` */
export function chargeSentence({ charge, stakeWei, sharePpm, askedWei, leftWei }: ExplainedCharge): string {
  const source = charge.source === null ? "" : ` ${charge.source}`;
  const what = `${tokensText(charge.amountWei)} taken ${CHARGED_FOR[charge.reason]}${source}`;
  const asked =
    sharePpm === null
      ? `${tokensText(askedWei)} asked`
      : `${decimal(sharePpm, 10_000)} % of a stake of ${tokensText(stakeWei)}`;
  return `${what}: ${asked}${askedWei > leftWei ? `, of which ${tokensText(leftWei)} was left` : ""}.`;
}

/** All digits: what is explained must be comparable. */
function tokensText(amountWei: bigint): string {
  const fraction = (amountWei % TOKEN_WEI).toString().padStart(18, "0").replace(/0+$/, "");
  const whole = `${amountWei / TOKEN_WEI}`;
  const text = fraction === "" ? whole : `${whole}.${fraction}`;
  return text === "1" ? "1 token" : `${text} tokens`;
}

/** At most four digits after the point. */
function decimal(value: number, unit: number): string {
  return `${Number((value / unit).toFixed(4))}`;
}
