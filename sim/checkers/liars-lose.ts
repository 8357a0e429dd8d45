import { failure } from "../../src/core/errors.ts";
import type { State } from "../../src/core/state.ts";
import type { SimulatedNode } from "../nodes/node.ts";
import type { Checker, Watched } from "./checker.ts";

/**
 * Lying does not pay: what a gang earned less what it was charged, per staked token, is below what honest nodes have.
 * A gang that earns nothing and loses nothing has not gained either.
 */
export function liarsLose(watched: Watched): Checker {
  return {
    onEnd() {
      const state = watched.certified.at(-1)?.state;
      if (state === undefined) return;
      const roles = new Set(watched.nodes.map(({ plan }) => plan.role));
      const honest = returnOf(state, watched.honest);
      for (const role of roles) {
        if (role === "honest") continue;
        const gang = returnOf(
          state,
          watched.nodes.filter(({ plan }) => plan.role === role),
        );
        if (gang <= 0 || gang < honest) continue;
        const message = `${role} earned at least as much as honest nodes`;
        watched.fail(
          "liars-lose",
          failure("lying-pays", message, `below ${honest} ppm of stake`, `${gang} ppm`).data,
        );
      }
    },
  };
}

/** Earned less charged, in millionths of the stake. */
export function returnOf(state: State, nodes: readonly SimulatedNode[]): number {
  let earnedWei = 0n;
  let stakeWei = 0n;
  for (const { plan } of nodes) {
    earnedWei += earnedBy(state, plan);
    stakeWei += plan.stakeWei;
  }
  return stakeWei === 0n ? 0 : Number((earnedWei * 1_000_000n) / stakeWei);
}

/** All that was ever due or is held back for a node, less what it was charged. */
export function earnedBy(state: State, plan: SimulatedNode["plan"]): bigint {
  const pendingWei = state.pending.reduce(
    (sum, { account, amountWei }) => (account === plan.account ? sum + amountWei : sum),
    0n,
  );
  const chargedWei = state.chargedWei.get(plan.identity.nodeId) ?? 0n;
  return (state.balancesDue.get(plan.account) ?? 0n) + pendingWei - chargedWei;
}
