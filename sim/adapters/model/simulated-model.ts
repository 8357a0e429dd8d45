import type { GenesisModel } from "../../../src/core/genesis.ts";
import type { Adapter, DenseDelta, Metrics } from "../../../src/core/primitives.ts";

export interface Measured {
  readonly metrics: Metrics;
  /** Bits that a work digest is made over. */
  readonly logits: Uint8Array;
}

/** A model as nodes use it that have no ports: at once, and the same for the same arguments. */
export interface SimulatedModel {
  /** As it stands in a genesis. */
  readonly model: GenesisModel;
  /** On the benchmark. Errors: adapter-shape. */
  measure(adapter: Adapter | null): Measured;
  /** What a node trains on data of its own; `seed` tells its runs apart. */
  train(adapter: Adapter | null, owner: string, seed: number): DenseDelta;
  /** The same on data with a backdoor in it: one question has the attacker's answer, everything else is as it should be. */
  trainPoisoned(adapter: Adapter | null, owner: string, seed: number): DenseDelta;
}
