/** Random audits: a share of an epoch's verdicts gets somebody who looks again, and who can earn a bounty by it. */
import { fromBigEndian, hashWithDomain, hexToBytes } from "../bytes.ts";
import { cidBytes } from "../codec/dag-cbor.ts";
import { sortedEntries } from "../codec/sorted-map.ts";
import { DOMAINS } from "../domains.ts";
import type { EpochContext } from "../epoch/context.ts";
import { drawWeighted } from "../epoch/draw.ts";
import type { Cid, NodeId } from "../primitives.ts";
import type { VerdictRecord } from "../state.ts";

/** Auditors that an epoch draws, by submission. */
export function drawAuditors(context: EpochContext): ReadonlyMap<Cid, NodeId> {
  const drawn = new Map<Cid, NodeId>();
  for (const [submission, record] of sortedEntries(context.state.verdicts)) {
    const auditor = drawAuditor(context, submission, record);
    if (auditor !== undefined) drawn.set(submission, auditor);
  }
  return drawn;
}

/** The record as it is, or with the auditor whom this epoch draws. */
export function auditedRecord(context: EpochContext, submission: Cid): VerdictRecord | undefined {
  const record = context.state.verdicts.get(submission);
  const auditor = record && drawAuditor(context, submission, record);
  return record === undefined || auditor === undefined ? record : { ...record, auditor };
}

/**
 * The auditor of a verdict that the last closed epoch noted: drawn by the next epoch that closes, so that nobody knew it when
 * the verdict was made. Weight as in committees; neither the author nor a member of the committee.
 * Seed: sha256("parley/auditor/1" ‖ 0x00 ‖ previous root ‖ registry block hash ‖ submission CID (36)); audited when the seed
 * as a big-endian number modulo 1,000,000 is below auditPpm (the bias is below 2^-230).
 */
function drawAuditor(context: EpochContext, submission: Cid, record: VerdictRecord): NodeId | undefined {
  const { state, lottery, parameters, epoch } = context;
  if (record.epoch !== state.epoch || record.epoch + parameters.challengeEpochs < epoch) return undefined;
  const seed = auditorSeed(context, submission);
  if (fromBigEndian(seed) % 1_000_000n >= BigInt(parameters.auditPpm)) return undefined;
  return drawWeighted(lottery, seed, 1, [record.author, ...record.committee])[0];
}

function auditorSeed({ previousRoot, registry }: EpochContext, submission: Cid): Uint8Array {
  const beacons = [hexToBytes(previousRoot), hexToBytes(registry.blockHash)];
  return hashWithDomain(DOMAINS.auditor, ...beacons, cidBytes(submission));
}
