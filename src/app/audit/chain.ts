import type { EpochResult } from "../../core/epoch/transition.ts";
import { failure } from "../../core/errors.ts";
import type { State } from "../../core/state.ts";
import type { AuditRun, AuditSources } from "./report.ts";

/** The root on the chain must be the one that was replayed; one that is not there yet is said, and no difference. */
export async function checkAnchor(
  run: AuditRun,
  { chain }: AuditSources,
  { state, stateRoot, claimsRoot }: EpochResult,
): Promise<void> {
  await run.step(state.epoch, "anchor", async () => {
    const anchored = await chain.anchoredEpoch(state.epoch);
    if (anchored === undefined) return ["not on the chain yet", undefined];
    if (anchored.stateRoot !== stateRoot || anchored.claimsRoot !== claimsRoot) {
      throw failure(
        "anchor-difference",
        "The chain holds another root",
        `${stateRoot} with claims ${claimsRoot}`,
        `${anchored.stateRoot} with claims ${anchored.claimsRoot}`,
      );
    }
    return [`transaction ${anchored.transaction} in block ${anchored.blockNumber}`, undefined];
  });
}

/** Nobody may have been paid more than is due; comparable only when no later epoch is anchored. */
export async function checkClaims(run: AuditRun, { chain }: AuditSources, state: State): Promise<void> {
  await run.step(state.epoch, "claims", async () => {
    const last = await chain.lastAnchoredEpoch();
    if (last !== undefined && last > state.epoch) {
      return [`later epochs are anchored: audit epoch ${last} to compare payments`, undefined];
    }
    let claimedWei = 0n;
    for (const [account, dueWei] of state.balancesDue) {
      const paidWei = await chain.claimedWei(account);
      claimedWei += paidWei;
      if (paidWei <= dueWei) continue;
      const message = `${account} was paid more than it earned`;
      throw failure("claims-difference", message, `at most ${dueWei} wei`, `${paidWei} wei`);
    }
    return [`${claimedWei} of ${state.issuedWei} wei claimed`, undefined];
  });
}
