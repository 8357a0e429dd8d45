import { type ErrorData, failure } from "../errors.ts";
import type { State } from "../state.ts";

/** Undefined when nothing came from nowhere and nothing got lost. Code: not-conserved. */
export function checkConservation(state: State): ErrorData | undefined {
  const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);
  const cameWei = state.issuedWei + sum(state.chargedWei.values());
  const wentWei =
    sum(state.balancesDue.values()) + sum(state.pending.map(({ amountWei }) => amountWei)) + state.poolWei;
  if (cameWei === wentWei) return undefined;
  const message = "What was minted and charged is not what is due, held back and pooled";
  return failure("not-conserved", message, `${cameWei} wei`, `${wentWei} wei`).data;
}
