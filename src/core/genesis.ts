import type { Parameters } from "./parameters.ts";
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
  /** At the start; what holds now stands in the state, since governance changes it. */
  readonly parameters: Parameters;
  /**
   * Multiaddrs of relays that the network began with: hints, besides those that a page is served with. Absent in a
   * genesis that names none, whose bytes are as they were before there was this field.
   */
  readonly relays?: readonly string[] | undefined;
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
  readonly treasury: Address;
  /** May pause anchoring and claims for a limited time. */
  readonly guardian: Address;
  readonly disputes: Address;
  readonly commitLog: Address;
  readonly modelRegistry: Address;
  readonly accountLinks: Address;
  /** Pays whoever anchors. */
  readonly anchorRewards: Address;
}

export type TimedPhase = "commit" | "reveal" | "verify" | "sign";
