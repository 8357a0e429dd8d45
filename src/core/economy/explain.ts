/**
 * Why an account was paid and a node was charged: every amount as numbers from which anyone computes it again, with the
 * messages behind it. The books write this down while they are kept, so the words cannot drift from the money.
 */
import { leastWei, mulDivWei } from "../fixed-point/integers.ts";
import type { Address, Cid, NodeId } from "../primitives.ts";
import type { Charge, Payment, PendingPayment } from "../state.ts";
import { type WeightFactors, weightOf } from "./weight.ts";

const PPM = 1_000_000n;

/** One claimant's part of a pot. */
export interface PotWeight {
  readonly nodeId: NodeId;
  /** The submission that it is about. */
  readonly source: Cid;
  readonly weight: bigint;
}

/** ⌊pot · weight / all weights⌋ */
export interface PotWhy {
  readonly kind: "pot-share";
  readonly potWei: bigint;
  readonly factors: WeightFactors;
  /** Everybody's, this one's included; the same list in every payment of the pot. */
  readonly weights: readonly PotWeight[];
  readonly totalWeight: bigint;
  readonly messages: readonly Cid[];
}

/** min(bound, ⌊what is left of the pot · FLOPs / FLOPs left⌋), see shareByFlops. */
export interface FlopsWhy {
  readonly kind: "flops-share";
  readonly potLeftWei: bigint;
  readonly flops: bigint;
  readonly flopsLeft: bigint;
  readonly boundWei: bigint;
  readonly messages: readonly Cid[];
}

/** fee − ⌊fee · pool's share⌋ */
export interface FeeWhy {
  readonly kind: "fee";
  readonly feeWei: bigint;
  readonly poolFeeSharePpm: number;
  readonly messages: readonly Cid[];
}

/** The least of the three. */
export interface InteractionWhy {
  readonly kind: "interaction";
  readonly microRewardWei: bigint;
  readonly leftTodayWei: bigint;
  /** Half of what the answer's fee may bring back. */
  readonly halfReturnWei: bigint;
  readonly messages: readonly Cid[];
}

/** Its share, and what rounding left of pots that were paid. */
export interface FoundationWhy {
  readonly kind: "foundation";
  readonly epochRewardWei: bigint;
  readonly foundationSharePpm: number;
  readonly roundingWei: bigint;
  readonly messages: readonly Cid[];
}

/** Earned in an earlier epoch, whose explanation has the numbers, and held back until now. */
export interface ReleasedWhy {
  readonly kind: "released";
  readonly heldWei: bigint;
  /** null when the verdict is no longer in the state. */
  readonly earnedInEpoch: number | null;
  readonly messages: readonly Cid[];
}

/** A bond, bounty or jury's pay that a settlement asked of the pool. */
export interface SettledWhy {
  readonly kind: "settled";
  readonly wishedWei: bigint;
  readonly messages: readonly Cid[];
}

export type PaymentWhy =
  | PotWhy
  | FlopsWhy
  | FeeWhy
  | InteractionWhy
  | FoundationWhy
  | ReleasedWhy
  | SettledWhy;

export interface ExplainedPayment {
  readonly payment: Payment;
  /** Above the epoch's number when the payment is held back. */
  readonly dueInEpoch: number;
  readonly why: PaymentWhy;
  /** What the pool had for it; null for new tokens. */
  readonly poolWei: bigint | null;
}

/** min(asked, left of the stake); asked is a share of the registry's stake, or an amount. */
export interface ExplainedCharge {
  readonly charge: Charge;
  readonly stakeWei: bigint;
  /** null when an amount was asked. */
  readonly sharePpm: number | null;
  readonly askedWei: bigint;
  /** What earlier charges had left of the stake. */
  readonly leftWei: bigint;
}

export interface Explanations {
  /** New ones and those that became due. */
  readonly payments: readonly ExplainedPayment[];
  readonly charges: readonly ExplainedCharge[];
  /** Held back, and lost to the pool in this epoch: a dispute overturned what they were for. */
  readonly cancelled: readonly PendingPayment[];
}

/** The amount again, from the explanation alone. */
export function paymentAmountWei({ why, poolWei }: ExplainedPayment): bigint {
  const wishedWei = wishedWeiOf(why);
  return poolWei === null ? wishedWei : leastWei(wishedWei, poolWei);
}

function wishedWeiOf(why: PaymentWhy): bigint {
  switch (why.kind) {
    case "pot-share": {
      const total = why.weights.reduce((sum, { weight }) => sum + weight, 0n);
      return mulDivWei(why.potWei, weightOf(why.factors), total);
    }
    case "flops-share":
      return leastWei(why.boundWei, mulDivWei(why.potLeftWei, why.flops, why.flopsLeft));
    case "fee":
      return why.feeWei - mulDivWei(why.feeWei, BigInt(why.poolFeeSharePpm), PPM);
    case "interaction":
      return leastWei(why.microRewardWei, why.leftTodayWei, why.halfReturnWei);
    case "foundation":
      return mulDivWei(why.epochRewardWei, BigInt(why.foundationSharePpm), PPM) + why.roundingWei;
    case "released":
      return why.heldWei;
    case "settled":
      return why.wishedWei;
  }
}

/** The amount again, from the explanation alone. */
export function chargeAmountWei({ stakeWei, sharePpm, askedWei, leftWei }: ExplainedCharge): bigint {
  return leastWei(sharePpm === null ? askedWei : mulDivWei(stakeWei, BigInt(sharePpm), PPM), leftWei);
}

/** What concerns one account: its payments, and charges to its nodes. */
export function explain(
  explanations: Explanations,
  account: Address,
  nodeIds: ReadonlySet<NodeId>,
): Explanations {
  return {
    payments: explanations.payments.filter(({ payment }) => payment.account === account),
    charges: explanations.charges.filter(({ charge }) => nodeIds.has(charge.nodeId)),
    cancelled: explanations.cancelled.filter((payment) => payment.account === account),
  };
}
