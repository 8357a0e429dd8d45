import { applyDelta } from "../../../src/core/artifacts/adapter.ts";
import { decodeBundle } from "../../../src/core/artifacts/bundle.ts";
import { bytesToHex, hashWithDomain, hexToBytes } from "../../../src/core/bytes.ts";
import { cidBytes } from "../../../src/core/codec/dag-cbor.ts";
import { drawAuditors } from "../../../src/core/disputes/audits.ts";
import { contradicts } from "../../../src/core/disputes/finding.ts";
import { juryOf } from "../../../src/core/disputes/jury.ts";
import { DOMAINS } from "../../../src/core/domains.ts";
import type { EpochContext } from "../../../src/core/epoch/context.ts";
import { utilityPpm } from "../../../src/core/epoch/utility.ts";
import type { Cid, Hash, NodeId, ReportedMetrics } from "../../../src/core/primitives.ts";
import type { VerdictRecord } from "../../../src/core/state.ts";
import { modelOf } from "../../adapters/model/models.ts";
import { adapterOf, blockOf } from "./blocks.ts";
import type { LightContext } from "./context.ts";

/** What every node would compute of an epoch, once for all nodes of the process. */
interface Court {
  readonly auditors: ReadonlyMap<Cid, NodeId>;
  readonly juries: Map<Cid, ReadonlySet<NodeId>>;
}
const courts = new WeakMap<EpochContext, Court>();

/**
 * What an epoch asks of a node about earlier verdicts: audits that it is drawn for, juries that it sits on, and disputes where it
 * was outvoted, or refused, against what it measures. Asked again in a later phase it says nothing twice.
 */
export function holdCourt(context: LightContext, epoch: number): void {
  const { state } = context.head;
  const epochContext = context.contextOf(epoch);
  const { nodeId } = context.plan.identity;
  if (!epochContext.staked.has(nodeId)) return;
  const court = courtOf(epochContext);
  const disputed = new Set([...state.disputes.values()].map(({ submission }) => submission));
  for (const [submission, record] of state.verdicts) {
    const isAuditor = court.auditors.get(submission) === nodeId;
    if (disputed.has(submission) || !(isAuditor || isWronged(record, nodeId, state.epoch))) continue;
    dispute(context, epoch, submission, record, isAuditor);
  }
  for (const [cid, { status, submission, rulings }] of state.disputes) {
    const record = state.verdicts.get(submission);
    if (status !== "open" || record === undefined || rulings.has(nodeId)) continue;
    if (juryFor(epochContext, court, cid).has(nodeId)) rule(context, epoch, cid, record);
  }
}

function courtOf(epochContext: EpochContext): Court {
  const known = courts.get(epochContext);
  if (known !== undefined) return known;
  const court: Court = { auditors: drawAuditors(epochContext), juries: new Map() };
  courts.set(epochContext, court);
  return court;
}

function juryFor(epochContext: EpochContext, { juries }: Court, cid: Cid): ReadonlySet<NodeId> {
  const known = juries.get(cid) ?? new Set(juryOf(epochContext, cid));
  juries.set(cid, known);
  return known;
}

/** A verdict of the last epoch against what this node had said in its committee, or reported of its own delta. */
function isWronged(record: VerdictRecord, nodeId: NodeId, lastEpoch: number): boolean {
  if (record.epoch !== lastEpoch) return false;
  return record.dissent.has(nodeId) || (record.author === nodeId && !record.passed);
}

function dispute(
  context: LightContext,
  epoch: number,
  submission: Cid,
  record: VerdictRecord,
  isAuditor: boolean,
): void {
  if (hasSaid(context, epoch, "dispute", submission)) return;
  const found = measureAgain(context, record);
  if (found === undefined || !contradicts(record, found.metrics)) return;
  const { disputeBondWei } = context.head.state.parameters;
  const bondWei = isAuditor ? 0n : disputeBondWei;
  context.say("dispute", { epoch, submission, deltaCid: record.deltaCid, ...found, bondWei });
}

function rule(context: LightContext, epoch: number, cid: Cid, record: VerdictRecord): void {
  if (hasSaid(context, epoch, "ruling", cid)) return;
  const found = measureAgain(context, record);
  if (found === undefined) return;
  const ruling = contradicts(record, found.metrics) ? "overturn" : "uphold";
  context.say("ruling", { epoch, dispute: cid, ruling, ...found });
}

function hasSaid(context: LightContext, epoch: number, kind: "dispute" | "ruling", about: Cid): boolean {
  return context.log.ofEpoch(epoch, kind).some(({ packet: { author, message } }) => {
    if (author !== context.plan.index) return false;
    if (message?.kind === "dispute") return message.envelope.body.submission === about;
    return message?.kind === "ruling" && message.envelope.body.dispute === about;
  });
}

/** The delta on the version that its committee had; undefined when a block of it is out of reach. */
function measureAgain(
  context: LightContext,
  { deltaCid, baseModelVersion, baseMetrics }: VerdictRecord,
): { readonly metrics: ReportedMetrics; readonly workDigest: Hash } | undefined {
  const { genesis } = context.surroundings;
  const version = adapterOf(context, baseModelVersion);
  const bytes = blockOf(context, deltaCid);
  if (version === undefined || bytes === undefined) return undefined;
  const { metrics, logits } = modelOf(genesis).measure(
    applyDelta(version, decodeBundle(genesis, bytes).delta),
  );
  const own = hexToBytes(context.plan.identity.nodeId);
  const workDigest = bytesToHex(hashWithDomain(DOMAINS.workDigest, own, cidBytes(deltaCid), logits));
  return { metrics: { ...metrics, utilityPpm: utilityPpm(baseMetrics, metrics) }, workDigest };
}
