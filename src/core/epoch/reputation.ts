import { clamp, floorDiv } from "../fixed-point/integers.ts";
import type { NodeId } from "../primitives.ts";
import type { State } from "../state.ts";

/** Nobody falls below this: a node must be able to earn its way back. */
export const REPUTATION_FLOOR_PPM = 10_000;
/** A duty that was missed costs this part of what a wrong verdict costs. */
const MISSED_DIVISOR = 10;

export type Conduct = "right" | "missed" | "wrong";

export function reputationOf(state: State, nodeId: NodeId): number {
  return state.reputations.get(nodeId) ?? state.parameters.initialReputationPpm;
}

/**
 * What a node did in one epoch, worst first: one wrong thing outweighs all right ones, and many right things
 * gain as much as one. So growth per epoch is limited, and order does not matter.
 */
export class ConductRecord {
  readonly #worst = new Map<NodeId, Conduct>();

  add(nodeId: NodeId, conduct: Conduct): void {
    const before = this.#worst.get(nodeId);
    if (before === undefined || SEVERITY[conduct] > SEVERITY[before]) this.#worst.set(nodeId, conduct);
  }

  entries(): Iterable<[NodeId, Conduct]> {
    return this.#worst.entries();
  }
}

const SEVERITY: Readonly<Record<Conduct, number>> = { right: 0, missed: 1, wrong: 2 };

export function nextReputations(state: State, record: ConductRecord): Map<NodeId, number> {
  const { reputationGainPpm, reputationLossPpm } = state.parameters;
  const change: Readonly<Record<Conduct, number>> = {
    right: reputationGainPpm,
    missed: -floorDiv(reputationLossPpm, MISSED_DIVISOR),
    wrong: -reputationLossPpm,
  };
  const next = new Map(state.reputations);
  for (const [nodeId, conduct] of record.entries()) {
    const value = reputationOf(state, nodeId) + change[conduct];
    next.set(nodeId, clamp(value, REPUTATION_FLOOR_PPM, 1_000_000));
  }
  return next;
}
