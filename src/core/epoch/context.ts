import { stateRoot } from "../artifacts/state.ts";
import type { RegistrySnapshot, StakeEntry } from "../chain-types.ts";
import { stakeLogQ20 } from "../fixed-point/log2.ts";
import type { Genesis } from "../genesis.ts";
import type { Parameters } from "../parameters.ts";
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
  /** What holds in this epoch. */
  readonly parameters: Parameters;
  readonly registry: RegistrySnapshot;
  readonly epoch: number;
  /** Stakes in the registry, before charges. */
  stakeOf(nodeId: NodeId): bigint;
  /** Who takes part, by node, with what charges have left of the stake. */
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
  const stakes = new Map(registry.entries.map(({ nodeId, stakeWei }) => [nodeId, stakeWei]));
  const staked = stakedNodes(state, registry);
  return {
    genesis,
    state,
    previousRoot: stateRoot(state),
    parameters: state.parameters,
    registry,
    epoch,
    stakeOf: (nodeId) => stakes.get(nodeId) ?? 0n,
    staked,
    lottery: makeLottery(
      [...staked.values()].map(({ nodeId, stakeWei }) => ({
        item: nodeId,
        weight: BigInt(stakeLogQ20(stakeWei)) * BigInt(reputationOf(state, nodeId)),
      })),
    ),
  };
}

/** Who takes part, by node, with what charges have left of the stake; in the order of the registry. */
export function stakedNodes(state: State, registry: RegistrySnapshot): Map<NodeId, StakeEntry> {
  const entries = registry.entries.flatMap((entry) => effectiveStake(state, entry));
  return new Map(entries.map((entry) => [entry.nodeId, entry]));
}

/** A node among who takes part; undefined when it may not. */
export function stakedEntry(
  state: State,
  registry: RegistrySnapshot,
  nodeId: NodeId,
): StakeEntry | undefined {
  return registry.entries
    .filter((entry) => entry.nodeId === nodeId)
    .flatMap((entry) => effectiveStake(state, entry))[0];
}

/**
 * An entry with what charges have left; nothing when it may not take part. Entering needs the whole minimum stake; charges
 * may take half of it before a node has to add to its stake, so that a small fee or fine does not shut it out at once.
 */
function effectiveStake(state: State, entry: StakeEntry): StakeEntry[] {
  const { minimumStakeWei } = state.parameters;
  const stakeWei = entry.stakeWei - (state.chargedWei.get(entry.nodeId) ?? 0n);
  const takesPart =
    entry.stakeWei >= minimumStakeWei &&
    stakeWei * 2n >= minimumStakeWei &&
    !state.tombstones.has(entry.nodeId);
  return takesPart ? [{ ...entry, stakeWei }] : [];
}
