import type { ChainDispute, DisputeTerms } from "../../ports/chain-disputes.ts";
import type { DisputeAct, ShownDispute } from "../parley.ts";

const LAST_STAGE = 2;

/** What the contract would take now, for a juror with this finding. */
export function actsOf(
  dispute: Omit<ShownDispute, "acts">,
  terms: DisputeTerms,
  head: { readonly blockNumber: number; readonly nowMs: number },
): readonly DisputeAct[] {
  const isOver = head.nowMs > dispute.deadlineMs;
  switch (dispute.status) {
    case "drawing":
      if (isOver) return ["close"];
      return head.blockNumber >= dispute.drawBlock ? ["draw"] : [];
    case "ruling": {
      const acts: DisputeAct[] = [];
      const canRule = dispute.ownSeats > 0 && !dispute.hasRuled && dispute.finding !== "unknown";
      if (canRule && !isOver) acts.push("rule");
      if (isOver || isDecided(dispute, terms)) acts.push("close");
      return acts;
    }
    default:
      return dispute.dueWei > 0n ? ["collect"] : [];
  }
}

/** Two thirds of the seats decide, absent jurors' included; a third can ask for a deeper audit, once. */
export function isDecided(
  { seats, stage }: Pick<ChainDispute, "seats" | "stage">,
  { jurySeats }: DisputeTerms,
): boolean {
  const all = jurySeats * stage;
  const { uphold, overturn, deeper } = seats;
  if (overturn > uphold && overturn * 3 >= all * 2) return true;
  return uphold * 3 >= all * 2 || (stage < LAST_STAGE && deeper * 3 >= all);
}
