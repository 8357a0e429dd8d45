import type { EpochContext } from "../epoch/context.ts";
import { floorDivBig, mulDivWei } from "../fixed-point/integers.ts";
import type { NodeId } from "../primitives.ts";

const PPM = 1_000_000n;

/** Who may vote on what opens now, and what it takes. */
export interface Electorate {
  /** Ascending by node. */
  readonly weights: ReadonlyMap<NodeId, bigint>;
  readonly quorumWei: bigint;
}

/**
 * Voting power is the stake of all who take part with at least voteMinimumStakeWei. No voter counts for more than
 * ⌊power · voterCapPpm / 10^6⌋; the quorum is a share, rounded up, of the weights after that cap, so that it can be reached.
 */
export function electorateOf({
  staked,
  parameters,
}: Pick<EpochContext, "staked" | "parameters">): Electorate {
  const { voteMinimumStakeWei, voterCapPpm, quorumPpm } = parameters;
  const voters = [...staked].filter(([, { stakeWei }]) => stakeWei >= voteMinimumStakeWei);
  const powerWei = voters.reduce((sum, [, { stakeWei }]) => sum + stakeWei, 0n);
  const capWei = mulDivWei(powerWei, BigInt(voterCapPpm), PPM);
  const weights = new Map(voters.map(([nodeId, { stakeWei }]) => [nodeId, atMost(stakeWei, capWei)]));
  const totalWei = [...weights.values()].reduce((sum, weightWei) => sum + weightWei, 0n);
  return { weights, quorumWei: floorDivBig(totalWei * BigInt(quorumPpm) + PPM - 1n, PPM) };
}

function atMost(stakeWei: bigint, capWei: bigint): bigint {
  if (stakeWei > capWei) return capWei;
  return stakeWei;
}
