import { mulDivWei } from "../fixed-point/integers.ts";
import type { Parameters } from "../parameters.ts";
import type { Address, Cid, NodeId } from "../primitives.ts";
import type { Payment } from "../state.ts";
import type { PotWhy } from "./explain.ts";
import { type WeightFactors, weightOf } from "./weight.ts";

const PPM = 1_000_000n;

/** Who did one piece of work: a right verdict on a submission, or a delta that was adopted. */
export interface Claimant {
  readonly nodeId: NodeId;
  readonly account: Address;
  readonly source: Cid;
  readonly factors: WeightFactors;
  /** What shows the work. */
  readonly messages: readonly Cid[];
}

/** One epoch's reward, cut up; each part rounded down. */
export interface Emission {
  readonly validationWei: bigint;
  readonly trainingWei: bigint;
  readonly inferenceWei: bigint;
  readonly foundationWei: bigint;
}

/** The parts add up to at most epochRewardWei. Contributors' share = training + inference. */
export function emissionOf(parameters: Parameters): Emission {
  const partWei = (sharePpm: number) => mulDivWei(parameters.epochRewardWei, BigInt(sharePpm), PPM);
  const contributorsWei = partWei(parameters.contributorSharePpm);
  const inferenceWei = mulDivWei(contributorsWei, BigInt(parameters.inferenceSharePpm), PPM);
  return {
    validationWei: partWei(parameters.validatorSharePpm),
    trainingWei: contributorsWei - inferenceWei,
    inferenceWei,
    foundationWei: partWei(parameters.foundationSharePpm),
  };
}

export interface PotShare {
  readonly payment: Payment;
  readonly why: PotWhy;
}

export interface SplitPot {
  /** In the order of the claimants; parts that round to nothing are left out. */
  readonly shares: readonly PotShare[];
  /** What rounding left; 0 when nobody earned the pot, which is then not minted. */
  readonly restWei: bigint;
}

/** Pro rata of the weights, each part rounded down. */
export function splitPot(
  potWei: bigint,
  reason: "validation" | "contribution",
  claimants: readonly Claimant[],
): SplitPot {
  const weights = claimants.map(({ nodeId, source, factors }) => ({
    nodeId,
    source,
    weight: weightOf(factors),
  }));
  const totalWeight = weights.reduce((sum, { weight }) => sum + weight, 0n);
  if (totalWeight === 0n) return { shares: [], restWei: 0n };
  const shares = claimants
    .map(({ nodeId, account, source, factors, messages }): PotShare => {
      const amountWei = mulDivWei(potWei, weightOf(factors), totalWeight);
      return {
        payment: { account, nodeId, reason, source, amountWei },
        why: { kind: "pot-share", potWei, factors, weights, totalWeight, messages },
      };
    })
    .filter(({ payment }) => payment.amountWei > 0n);
  const paidWei = shares.reduce((sum, { payment }) => sum + payment.amountWei, 0n);
  return { shares, restWei: potWei - paidWei };
}
