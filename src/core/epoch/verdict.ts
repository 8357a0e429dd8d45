import type { HeldOutResult } from "../messages/attestation/schema.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Cid, NodeId, ReportedMetrics } from "../primitives.ts";
import { type ShownWork, unprovedWork } from "../scoring/work-checks.ts";
import { type Drawn, inOrderDrawn } from "./committee.ts";
import type { EpochContext } from "./context.ts";
import { seatPanel } from "./panel.ts";
import { reputationOf } from "./reputation.ts";

export type AttestationMessage = TypedMessage<"attestation">;

/** What a committee found, by more than half of its reputation. */
export interface CommitteeFinding {
  readonly pass: boolean;
  /** Code; null when it passed. */
  readonly reason: string | null;
  readonly metrics: ReportedMetrics | null;
  /** On the revealed tasks; null when more than half did not give one result of them. */
  readonly heldOut: HeldOutResult | null;
}

export interface CommitteeVerdict {
  readonly drawn: Drawn;
  /** Who judged: the committee, with reserves in the places of members that did not answer. */
  readonly committee: readonly NodeId[];
  /** Undefined when no finding has a majority: unverified. Then nobody was right or wrong. */
  readonly finding: CommitteeFinding | undefined;
  /** Ascending, as the next three: who of them attested at all. */
  readonly attested: readonly NodeId[];
  /** With the majority. */
  readonly right: readonly NodeId[];
  /** Against it, or without the work, or with another result on the held-out tasks. */
  readonly wrong: readonly NodeId[];
  /** Members of the committee that did not answer, replaced or not. */
  readonly missed: readonly NodeId[];
  /** Of the wrong: who claims work that it did not do, see unprovedWork. */
  readonly unproved: readonly NodeId[];
}

/**
 * Weighs the attestations of one submission. Findings agree only when pass and all metrics agree to the last bit;
 * the reason of a failure is words and may differ (the alphabetically first of the majority's is reported).
 * A majority is more than half of the reputation of the whole panel, silent members and those put aside included.
 * `attestations`: at most one a validator, already admitted for this submission. `tasks`: the held-out tasks of the epoch.
 */
export function weighAttestations(
  context: EpochContext,
  drawn: Drawn,
  attestations: readonly AttestationMessage[],
  tasks?: Cid,
): CommitteeVerdict {
  const weightOf = (nodeId: NodeId) => reputationOf(context.state, nodeId);
  const panel = seatPanel(context, drawn, attestations);
  const total = panel.members.reduce((sum, nodeId) => sum + weightOf(nodeId), 0);
  const majorityOf = (groups: readonly (readonly AttestationMessage[])[]) =>
    groups.find(
      (group) => 2 * group.reduce((sum, { envelope }) => sum + weightOf(envelope.author), 0) > total,
    );
  const work = panel.attestations.flatMap(shownWork);
  const unproved = unprovedWork(inOrderDrawn(drawn), work, weightOf);
  const proved = panel.attestations.filter(({ envelope }) => !unproved.has(envelope.author));
  const majority = majorityOf(groupBy(proved, findingKey));
  const judged = {
    drawn,
    committee: panel.members,
    missed: panel.silent,
    attested: authorsOf(panel.attestations),
  };
  if (majority === undefined) return { ...judged, finding: undefined, right: [], wrong: [], unproved: [] };
  const measured =
    tasks === undefined ? [] : majority.filter(({ envelope }) => envelope.body.heldOut?.tasks === tasks);
  const heldOut = majorityOf(groupBy(measured, heldOutKey))?.[0]?.envelope.body.heldOut ?? null;
  const right = majority.filter((attestation) => agrees(attestation, heldOut)).map(authorOf);
  return {
    ...judged,
    finding: findingOf(majority, heldOut),
    right,
    wrong: judged.attested.filter((nodeId) => !right.includes(nodeId)),
    unproved: [...unproved].sort(),
  };
}

function shownWork({ envelope }: AttestationMessage): ShownWork[] {
  const { workDigest, checks } = envelope.body;
  return workDigest === null ? [] : [{ author: envelope.author, workDigest, checks }];
}

function findingKey({ envelope }: AttestationMessage): string {
  const { pass, metrics } = envelope.body;
  const measured =
    metrics === null ? "none" : `${metrics.lossMicroNats}/${metrics.accuracyPpm}/${metrics.utilityPpm}`;
  return `${pass}/${measured}`;
}

function heldOutKey({ envelope }: AttestationMessage): string {
  const { heldOut } = envelope.body;
  return `${heldOut?.lossBeforeMicroNats}/${heldOut?.lossMicroNats}`;
}

/** Who saw no tasks said nothing of them: a reveal that came late to some splits no verdict. */
function agrees({ envelope }: AttestationMessage, agreed: HeldOutResult | null): boolean {
  const { heldOut } = envelope.body;
  if (agreed === null || heldOut?.tasks !== agreed.tasks) return true;
  return (
    heldOut.lossBeforeMicroNats === agreed.lossBeforeMicroNats &&
    heldOut.lossMicroNats === agreed.lossMicroNats
  );
}

function groupBy(
  attestations: readonly AttestationMessage[],
  keyOf: (attestation: AttestationMessage) => string,
): AttestationMessage[][] {
  const groups = new Map<string, AttestationMessage[]>();
  for (const attestation of attestations) {
    const group = groups.get(keyOf(attestation));
    if (group === undefined) groups.set(keyOf(attestation), [attestation]);
    else group.push(attestation);
  }
  return [...groups.values()];
}

function findingOf(
  group: readonly AttestationMessage[],
  heldOut: HeldOutResult | null,
): CommitteeFinding | undefined {
  const first = group[0]?.envelope.body;
  if (first === undefined) return undefined;
  const reasons = group.flatMap(({ envelope }) => envelope.body.reason ?? []).sort();
  return { pass: first.pass, reason: reasons[0] ?? null, metrics: first.metrics, heldOut };
}

const authorOf = ({ envelope }: AttestationMessage): NodeId => envelope.author;

function authorsOf(attestations: readonly AttestationMessage[]): NodeId[] {
  return attestations.map(authorOf).sort();
}
