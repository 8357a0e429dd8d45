/**
 * How a committee tells work from copying. Whoever runs the benchmark knows the work digest of every drawn validator
 * (ARCHITECTURE.md, determinism rules), and attests a check of each; nobody can find its own digest in others' checks,
 * since they hash it together with who attests.
 */
import { bytesToHex, hashWithDomain, hexToBytes } from "../bytes.ts";
import { DOMAINS } from "../domains.ts";
import { CHECK_BYTES } from "../messages/attestation/schema.ts";
import type { Hash, Hex, NodeId } from "../primitives.ts";

/** First 16 bytes of sha256("parley/work-check/1" ‖ 0x00 ‖ attester (32) ‖ work digest (32)). */
export function workCheck(attester: NodeId, workDigest: Hash): Hex {
  const hash = hashWithDomain(DOMAINS.workCheck, hexToBytes(attester), hexToBytes(workDigest));
  return bytesToHex(hash.subarray(0, CHECK_BYTES));
}

/** `workDigests`: of all drawn validators, in the order drawn. */
export function workChecks(attester: NodeId, workDigests: readonly Hash[]): Hex[] {
  return workDigests.map((digest) => workCheck(attester, digest));
}

/** What a validator that measured shows of its work. */
export interface ShownWork {
  readonly author: NodeId;
  readonly workDigest: Hash;
  readonly checks: readonly Hex[];
}

/**
 * Who did not do the work, of those who measured. A digest stands when those who recognise it, its owner among them, hold
 * more than half of the reputation of all who measured. Put aside is whoever has no standing digest, or gives a false check
 * of one that stands. The owner counts because it measured too: without it, one liar among three could put an honest member
 * aside by a false check. While honest members hold more than half, they recognise each other, so all of them stand, and
 * what a liar says of its own or others' digests never reaches a majority.
 * `drawn`: in the order of the checks.
 */
export function unprovedWork(
  drawn: readonly NodeId[],
  work: readonly ShownWork[],
  weightOf: (nodeId: NodeId) => number,
): Set<NodeId> {
  const places = new Map(drawn.map((nodeId, place) => [nodeId, place]));
  const recognises = (by: ShownWork, owner: ShownWork): boolean => {
    if (by === owner) return true;
    const place = places.get(owner.author);
    if (place === undefined || by.checks.length !== drawn.length) return false;
    return by.checks[place] === workCheck(by.author, owner.workDigest);
  };
  const weigh = (some: readonly ShownWork[]) => some.reduce((sum, { author }) => sum + weightOf(author), 0);
  const total = weigh(work);
  const unproved = new Set<NodeId>();
  for (const owner of work) {
    const [known, unknown] = partition(work, (by) => recognises(by, owner));
    const suspects = weigh(known) * 2 > total ? unknown : [owner];
    for (const { author } of suspects) unproved.add(author);
  }
  return unproved;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly [T[], T[]] {
  const first: T[] = [];
  const second: T[] = [];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}
