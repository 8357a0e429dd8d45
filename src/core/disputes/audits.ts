/** Random audits: a share of an epoch's verdicts gets somebody who looks again, and who can earn a bounty by it. */
import { fromBigEndian, hashWithDomain, hexToBytes } from "../bytes.ts";
import { cidBytes } from "../codec/dag-cbor.ts";
import { sortedEntries } from "../codec/sorted-map.ts";
import { DOMAINS } from "../domains.ts";
import type { EpochContext } from "../epoch/context.ts";
import { drawWeighted } from "../epoch/draw.ts";
import type { Cid, NodeId } from "../primitives.ts";

/**
 * Auditors of the verdicts that the last closed epoch noted, by submission: drawn by the next epoch that closes, so that
 * nobody knew them when the verdicts were made. Weight as in committees; neither the author nor a member of the committee.
 * Seed: sha256("parley/auditor/1" ‖ 0x00 ‖ previous root ‖ registry block hash ‖ submission CID (36)); audited when the seed
 * as a big-endian number modulo 1,000,000 is below auditPpm (the bias is below 2^-230).
 */
export function drawAuditors(context: EpochContext): ReadonlyMap<Cid, NodeId> {
  const { state, lottery, parameters } = context;
  const drawn = new Map<Cid, NodeId>();
  for (const [submission, record] of sortedEntries(state.verdicts)) {
    if (record.epoch !== state.epoch || record.epoch + parameters.challengeEpochs < context.epoch) continue;
    const seed = auditorSeed(context, submission);
    if (fromBigEndian(seed) % 1_000_000n >= BigInt(parameters.auditPpm)) continue;
    const [auditor] = drawWeighted(lottery, seed, 1, [record.author, ...record.committee]);
    if (auditor !== undefined) drawn.set(submission, auditor);
  }
  return drawn;
}

function auditorSeed({ previousRoot, registry }: EpochContext, submission: Cid): Uint8Array {
  const beacons = [hexToBytes(previousRoot), hexToBytes(registry.blockHash)];
  return hashWithDomain(DOMAINS.auditor, ...beacons, cidBytes(submission));
}
