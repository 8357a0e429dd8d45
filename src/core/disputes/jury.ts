import { bigEndian, hashWithDomain, hexToBytes } from "../bytes.ts";
import { cidBytes } from "../codec/dag-cbor.ts";
import { DOMAINS } from "../domains.ts";
import type { EpochContext } from "../epoch/context.ts";
import { drawWeighted } from "../epoch/draw.ts";
import { clamp } from "../fixed-point/integers.ts";
import { LIMITS } from "../limits.ts";
import type { Parameters } from "../parameters.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { DisputeState, VerdictRecord } from "../state.ts";

/**
 * Jurors of a dispute that waits for them, ascending: drawn by the next epoch that closes, after the root and the block that
 * nobody knew when it was opened, with the weights of committees; without author, disputer and committee. Empty when there
 * are too few others: at least as many as sat on the committee.
 * Seed: sha256("parley/jury/1" ‖ 0x00 ‖ previous root ‖ registry block hash ‖ dispute CID (36) ‖ stage (8)).
 */
export function drawJury(
  context: EpochContext,
  cid: Cid,
  { disputer, stage }: DisputeState,
  { author, committee }: VerdictRecord,
): NodeId[] {
  const seed = hashWithDomain(
    DOMAINS.jury,
    hexToBytes(context.previousRoot),
    hexToBytes(context.registry.blockHash),
    cidBytes(cid),
    bigEndian(stage, 8),
  );
  const seats = jurySeats(context.parameters, committee.length, stage);
  const jury = drawWeighted(context.lottery, seed, seats, [author, disputer, ...committee]);
  return jury.length < committee.length ? [] : jury.sort();
}

/** More than judged before; twice as many when the audit goes deeper. */
export function jurySeats({ jurySize }: Parameters, committeeSize: number, stage: 1 | 2): number {
  const seats = (jurySize > committeeSize ? jurySize : committeeSize + 1) * stage;
  return clamp(seats, 1, LIMITS.committeeMembers);
}

/**
 * The jury as it is, or as this epoch draws it; empty when nobody can be drawn, or the dispute is closed. A juror can tell
 * from the state before an epoch that it has been drawn in it.
 */
export function juryOf(context: EpochContext, cid: Cid): readonly NodeId[] {
  const dispute = context.state.disputes.get(cid);
  if (dispute?.status !== "open") return [];
  if (dispute.jury.length > 0) return dispute.jury;
  const record = context.state.verdicts.get(dispute.submission);
  return record === undefined ? [] : drawJury(context, cid, dispute, record);
}
