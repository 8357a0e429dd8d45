import { clamp, floorDiv, mulDiv } from "../fixed-point/integers.ts";
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
  readonly #restored = new Set<NodeId>();

  add(nodeId: NodeId, conduct: Conduct): void {
    const before = this.#worst.get(nodeId);
    if (before === undefined || SEVERITY[conduct] > SEVERITY[before]) this.#worst.set(nodeId, conduct);
  }

  /** Gives back what one wrong thing had cost, because it turned out not to have been wrong: once an epoch. */
  restore(nodeId: NodeId): void {
    this.#restored.add(nodeId);
  }

  isRestored(nodeId: NodeId): boolean {
    return this.#restored.has(nodeId);
  }

  entries(): Iterable<[NodeId, Conduct]> {
    return this.#worst.entries();
  }
}

const SEVERITY: Readonly<Record<Conduct, number>> = { right: 0, missed: 1, wrong: 2 };

/**
 * Everybody listed first loses reputationDecayPpm of what lies above the floor; then conduct adds its change. Each of the two
 * happens once an epoch that closes, so reputation grows by at most reputationGainPpm in an epoch (what is restored aside),
 * and what nobody earns anew goes slowly.
 */
export function nextReputations(state: State, record: ConductRecord): Map<NodeId, number> {
  const { reputationGainPpm, reputationLossPpm } = state.parameters;
  const change: Readonly<Record<Conduct, number>> = {
    right: reputationGainPpm,
    missed: -floorDiv(reputationLossPpm, MISSED_DIVISOR),
    wrong: -reputationLossPpm,
  };
  const next = new Map([...state.reputations].map(([nodeId, value]) => [nodeId, decayed(state, value)]));
  for (const [nodeId, conduct] of record.entries()) {
    const restored = record.isRestored(nodeId) ? reputationLossPpm : 0;
    const value = (next.get(nodeId) ?? reputationOf(state, nodeId)) + change[conduct] + restored;
    next.set(nodeId, clamp(value, REPUTATION_FLOOR_PPM, 1_000_000));
  }
  return next;
}

function decayed({ parameters }: State, value: number): number {
  const above = value - REPUTATION_FLOOR_PPM;
  return above <= 0 ? value : value - mulDiv(above, parameters.reputationDecayPpm, 1_000_000);
}
