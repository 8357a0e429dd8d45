/** Who of the drawn validators judges a submission: the committee, with reserves in the places of silent members. */
import type { TypedMessage } from "../messages/message.ts";
import type { NodeId } from "../primitives.ts";
import { type Drawn, inOrderDrawn } from "./committee.ts";
import type { EpochContext } from "./context.ts";
import { reservesFromMs } from "./timing.ts";

export interface Panel {
  /** One a place of the committee; a silent member that no reserve stands in for keeps its place. */
  readonly members: readonly NodeId[];
  /** Of the members; ascending by author. */
  readonly attestations: readonly TypedMessage<"attestation">[];
  /** Members of the committee that did not answer; ascending. */
  readonly silent: readonly NodeId[];
}

/** `attestations`: of one submission, at most one a validator. Those of reserves that came too early do not count. */
export function seatPanel(
  context: EpochContext,
  { committee, reserves }: Drawn,
  attestations: readonly TypedMessage<"attestation">[],
): Panel {
  const said = new Map(attestations.map((attestation) => [attestation.envelope.author, attestation]));
  const ready = reserves.filter((nodeId) => {
    const attestation = said.get(nodeId);
    return attestation !== undefined && !isTooEarly(context, attestation);
  });
  const members = committee.map((nodeId) => (said.has(nodeId) ? nodeId : (ready.shift() ?? nodeId)));
  return {
    members,
    attestations: [...members].sort().flatMap((nodeId) => said.get(nodeId) ?? []),
    silent: committee.filter((nodeId) => !said.has(nodeId)).sort(),
  };
}

/** A reserve's attestation from before its turn. */
export function isTooEarly({ genesis }: EpochContext, { envelope }: TypedMessage<"attestation">): boolean {
  return envelope.timestampMs < reservesFromMs(genesis, envelope.body.epoch);
}

/**
 * Whether a reserve has its turn: with members silent from the middle of the verify phase on, as many reserves as are missing,
 * in the order drawn; from three quarters on, all, since those before may be silent too.
 */
export function isReservesTurn(
  context: EpochContext,
  drawn: Drawn,
  attestations: readonly TypedMessage<"attestation">[],
  reserve: NodeId,
  nowMs: number,
): boolean {
  const { genesis, epoch } = context;
  if (nowMs < reservesFromMs(genesis, epoch)) return false;
  const panel = seatPanel(context, drawn, attestations);
  const missing = drawn.committee.length - panel.attestations.length;
  const waiting = drawn.reserves.filter((nodeId) => !panel.members.includes(nodeId));
  const turn = waiting.indexOf(reserve);
  if (turn < 0 || missing === 0) return false;
  return turn < missing || nowMs >= reservesFromMs(genesis, epoch, 3);
}

/** All of the drawn have a place in the list of checks. */
export function isDrawn(drawn: Drawn, nodeId: NodeId): boolean {
  return inOrderDrawn(drawn).includes(nodeId);
}
