import type { Address, Cid, Metrics, TensorSpec } from "./primitives.ts";

/**
 * Everything that makes a network, content-addressed: the CID of its canonical DAG-CBOR names the network,
 * and every signed message carries it. Units stand in names; ppm = parts per million.
 */
export interface Genesis {
  readonly version: 1;
  readonly name: string;
  /** Epoch 0 begins here; epoch e spans [startMs + e·epochLength, startMs + (e+1)·epochLength). */
  readonly startMs: number;
  readonly model: GenesisModel;
  readonly chain: GenesisChain;
  readonly parameters: Parameters;
}

export interface GenesisModel {
  /** CID of model.json (raw bytes). */
  readonly manifestCid: Cid;
  /** CID over evaluator graph, runtime binary, weights, benchmark. */
  readonly environmentCid: Cid;
  /** The bare base model on the benchmark. */
  readonly baseMetrics: Metrics;
  readonly rank: number;
  readonly tensors: readonly TensorSpec[];
}

export interface GenesisChain {
  readonly chainId: number;
  readonly token: Address;
  readonly staking: Address;
  /** The EpochAnchor contract: verifying contract of the EIP-712 domain of epoch votes. */
  readonly epochAnchor: Address;
  readonly claims: Address;
}

export interface Parameters {
  readonly phases: PhaseDurations;
  /** Registry of an epoch = stakes at the last block at or before the epoch's start − this. */
  readonly registryLagMs: number;
  readonly committeeSize: number;
  readonly minimumStakeWei: bigint;
  readonly epochRewardWei: bigint;
  readonly validatorSharePpm: number;
  readonly contributorSharePpm: number;
  readonly foundationSharePpm: number;
  /** Receives the foundation's share and all rounding. */
  readonly foundationAccount: Address;
  /** utility = u_obs · (1 + alpha · sigmoid(k · (u_obs − bucket mean))). */
  readonly utilityAlphaPpm: number;
  readonly utilitySigmoidK: number;
  /** A delta whose values have a larger L2 norm is refused, in micro-units (1e-6). */
  readonly deltaNormBoundMicro: number;
  /** Aggregation clips each delta to this L2 norm, in micro-units. At most deltaNormBoundMicro. */
  readonly deltaClipNormMicro: number;
  /** A delta must lower the benchmark's loss by at least this share of the base loss. */
  readonly minimumUtilityPpm: number;
  readonly initialReputationPpm: number;
  readonly reputationGainPpm: number;
  readonly reputationLossPpm: number;
  /** Share of the registry's stake that certifies a root. The contract asks for two thirds: 666,666 asks for no more. */
  readonly certificateThresholdPpm: number;
  /** After this time in the sign phase the next leader may propose. */
  readonly leaderTimeoutMs: number;
  readonly votingPeriodMs: number;
  readonly quorumPpm: number;
  readonly passThresholdPpm: number;
}

/** Lengths of the timed phases of an epoch. Anchoring and the challenge window run beside the next epoch. */
export interface PhaseDurations {
  readonly commitMs: number;
  readonly revealMs: number;
  readonly verifyMs: number;
  /** Aggregate and sign. */
  readonly signMs: number;
}

export type TimedPhase = "commit" | "reveal" | "verify" | "sign";
