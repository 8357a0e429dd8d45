import { bigEndian, hashWithDomain, hexToBytes } from "../bytes.ts";
import type { RegistrySnapshot } from "../chain-types.ts";
import { DOMAINS } from "../domains.ts";
import type { Genesis } from "../genesis.ts";
import type { NodeId } from "../primitives.ts";
import type { State } from "../state.ts";
import { type EpochContext, epochContext } from "./context.ts";
import { drawWeighted } from "./draw.ts";

/** All staked nodes in the order in which they may propose the epoch's message set: round r is led by order[r % length]. */
export function leaderOrder(
  genesis: Genesis,
  state: State,
  registry: RegistrySnapshot,
  epoch: number,
): NodeId[] {
  return leadersOf(epochContext(genesis, state, registry, epoch));
}

/** Seed: sha256("parley/leader/1" ‖ 0x00 ‖ previous root ‖ registry block hash ‖ epoch (8)). */
export function leadersOf(context: EpochContext): NodeId[] {
  const seed = hashWithDomain(
    DOMAINS.leader,
    hexToBytes(context.previousRoot),
    hexToBytes(context.registry.blockHash),
    bigEndian(context.epoch, 8),
  );
  return drawWeighted(context.lottery, seed, context.lottery.candidates.length);
}

/** Leader of a round; undefined when nobody is staked. */
export function leaderAt(order: readonly NodeId[], round: number): NodeId | undefined {
  return order.length === 0 ? undefined : order[round % order.length];
}
