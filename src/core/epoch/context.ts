import { stateRoot } from "../artifacts/state.ts";
import type { RegistrySnapshot, StakeEntry } from "../chain-types.ts";
import { stakeLogQ20 } from "../fixed-point/log2.ts";
import type { Genesis } from "../genesis.ts";
import type { Hash, NodeId } from "../primitives.ts";
import type { State } from "../state.ts";
import { type Lottery, makeLottery } from "./draw.ts";
import { reputationOf } from "./reputation.ts";

/** What all steps of one epoch read, computed once. */
export interface EpochContext {
  readonly genesis: Genesis;
  /** State before the epoch. */
  readonly state: State;
  readonly previousRoot: Hash;
  readonly registry: RegistrySnapshot;
  readonly epoch: number;
  /** Entries with the minimum stake, by node. */
  readonly staked: ReadonlyMap<NodeId, StakeEntry>;
  /** The same entries in order of nodeId; weight = log2(1 + stake in tokens) · reputation. */
  readonly lottery: Lottery<NodeId>;
}

export function epochContext(
  genesis: Genesis,
  state: State,
  registry: RegistrySnapshot,
  epoch: number,
): EpochContext {
  const entries = registry.entries.filter(({ stakeWei }) => stakeWei >= genesis.parameters.minimumStakeWei);
  return {
    genesis,
    state,
    previousRoot: stateRoot(state),
    registry,
    epoch,
    staked: new Map(entries.map((entry) => [entry.nodeId, entry])),
    lottery: makeLottery(
      entries.map(({ nodeId, stakeWei }) => ({
        item: nodeId,
        weight: BigInt(stakeLogQ20(stakeWei)) * BigInt(reputationOf(genesis, state, nodeId)),
      })),
    ),
  };
}
