import type { TypedMessage } from "../messages/message.ts";
import type { NodeId, ReportedMetrics } from "../primitives.ts";
import type { EpochContext } from "./context.ts";
import { reputationOf } from "./reputation.ts";

export type AttestationMessage = TypedMessage<"attestation">;

/** What a committee found, by more than half of its reputation. */
export interface CommitteeFinding {
  readonly pass: boolean;
  /** Code; null when it passed. */
  readonly reason: string | null;
  readonly metrics: ReportedMetrics | null;
}

export interface CommitteeVerdict {
  readonly committee: readonly NodeId[];
  /** Undefined when no finding has a majority: unverified. */
  readonly finding: CommitteeFinding | undefined;
  /** In order of nodeId: who attested at all, who with the majority, who against it, who not at all. */
  readonly attested: readonly NodeId[];
  readonly right: readonly NodeId[];
  readonly wrong: readonly NodeId[];
  readonly missed: readonly NodeId[];
}

/**
 * Weighs the attestations of one submission. Findings agree only when pass and all metrics agree to the last bit;
 * the reason of a failure is words and may differ (the alphabetically first of the majority's is reported).
 * `attestations`: at most one a validator, already admitted for this submission.
 */
export function weighAttestations(
  context: EpochContext,
  committee: readonly NodeId[],
  attestations: readonly AttestationMessage[],
): CommitteeVerdict {
  const weightOf = (nodeId: NodeId) => BigInt(reputationOf(context.state, nodeId));
  const members = new Set(committee);
  const counted = attestations.filter(({ envelope }) => members.has(envelope.author));
  const total = committee.reduce((sum, nodeId) => sum + weightOf(nodeId), 0n);
  const attested = new Set(counted.map(({ envelope }) => envelope.author));
  const missed = committee.filter((nodeId) => !attested.has(nodeId)).sort();
  const majority = groupByFinding(counted).find(
    (group) => group.reduce((sum, { envelope }) => sum + weightOf(envelope.author), 0n) * 2n > total,
  );
  const right = authorsOf(majority ?? []);
  const wrong =
    majority === undefined ? [] : [...attested].filter((nodeId) => !right.includes(nodeId)).sort();
  return {
    committee,
    finding: majority === undefined ? undefined : findingOf(majority),
    attested: [...attested].sort(),
    right,
    wrong,
    missed,
  };
}

function groupByFinding(attestations: readonly AttestationMessage[]): AttestationMessage[][] {
  const groups = new Map<string, AttestationMessage[]>();
  for (const attestation of attestations) {
    const { pass, metrics } = attestation.envelope.body;
    const measured =
      metrics === null ? "none" : `${metrics.lossMicroNats}/${metrics.accuracyPpm}/${metrics.utilityPpm}`;
    const key = `${pass}/${measured}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [attestation]);
    else group.push(attestation);
  }
  return [...groups.values()];
}

function findingOf(group: readonly AttestationMessage[]): CommitteeFinding | undefined {
  const first = group[0]?.envelope.body;
  if (first === undefined) return undefined;
  const reasons = group.flatMap(({ envelope }) => envelope.body.reason ?? []).sort();
  return { pass: first.pass, reason: reasons[0] ?? null, metrics: first.metrics };
}

function authorsOf(attestations: readonly AttestationMessage[]): NodeId[] {
  return attestations.map(({ envelope }) => envelope.author).sort();
}
