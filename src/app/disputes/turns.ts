import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "../../core/bytes.ts";
import type { NodeId } from "../../core/primitives.ts";
import { turnOf } from "../node/anchor-policy.ts";
import type { DisputeAct, DisputeTerms, ShownDispute, ShownEvidence } from "../parley.ts";
import { isDecided } from "./acts.ts";

/** What a node sees when it decides by itself whether to send a step of a dispute now. */
export interface TurnSituation {
  readonly dispute: ShownDispute;
  readonly act: DisputeAct;
  readonly terms: DisputeTerms;
  readonly validators: readonly NodeId[];
  readonly self: NodeId;
  readonly nowMs: number;
  /** When this node first saw that the step can be taken (Unix ms). */
  readonly sinceMs: number;
  /** Gas costs more than its operator likes to pay. */
  readonly isDear: boolean;
}

const TURNS_IN_TIME = 16;
const SHORTEST_TURN_MS = 8_000;
const LONGEST_TURN_MS = 600_000;

/**
 * Whether it is this node's turn. One transaction draws a jury or closes a dispute, whoever sends it: each node leaves those
 * before it in a drawn order their time. A ruling is the juror's own, and not sent when the others' have decided. Dear gas is
 * waited out for half of the time that there is; a juror's pay waits until it is cheap.
 */
export function isOwnTurn(situation: TurnSituation): boolean {
  const { dispute, act, terms, nowMs, sinceMs, isDear } = situation;
  const step = `${act} ${dispute.dispute} ${dispute.stage}`;
  switch (act) {
    case "collect":
      return !isDear;
    case "rule":
      return !isDecided(dispute, terms) && (!isDear || nowMs >= dispute.deadlineMs - terms.rulingMs / 2);
    case "draw":
      return (
        isInOrder(step, situation, terms.drawMs) &&
        (!isDear || nowMs >= dispute.deadlineMs - terms.drawMs / 2)
      );
    case "close":
      return isInOrder(step, situation, terms.rulingMs) && (!isDear || nowMs >= sinceMs + terms.rulingMs / 2);
  }
}

/** One transaction shows evidence, whoever sends it; the first in the drawn order earns the bounty. */
export function isTurnToReport(
  { id }: Pick<ShownEvidence, "id">,
  situation: Omit<TurnSituation, "dispute" | "act">,
): boolean {
  const { terms, nowMs, sinceMs, isDear } = situation;
  const mayWait = isDear && nowMs < sinceMs + terms.rulingMs / 2;
  return !mayWait && isInOrder(`report ${id}`, situation, terms.rulingMs);
}

function isInOrder(
  step: string,
  { validators, self, nowMs, sinceMs }: Pick<TurnSituation, "validators" | "self" | "nowMs" | "sinceMs">,
  timeMs: number,
): boolean {
  const lot = bytesToHex(sha256(utf8ToBytes(`parley ${step}`)));
  const place = turnOf(self, validators, lot);
  return place !== undefined && nowMs >= sinceMs + place * disputeTurnMs(timeMs);
}

/** Of the time for a step: sixteen nodes can have had their turn before it ends. */
export function disputeTurnMs(timeMs: number): number {
  return Math.min(LONGEST_TURN_MS, Math.max(SHORTEST_TURN_MS, Math.floor(timeMs / TURNS_IN_TIME)));
}
