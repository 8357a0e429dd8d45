import { compareBytes } from "../../bytes.ts";
import type { RegistrySnapshot } from "../../chain-types.ts";
import { cidBytes, cidOfDigest } from "../../codec/dag-cbor.ts";
import { bytes, cid, epoch, hash, integer, metrics } from "../../codec/fields.ts";
import { isAscending, registrySnapshot } from "../../codec/shared.ts";
import { z } from "../../codec/zod.ts";
import { LIMITS } from "../../limits.ts";
import type { Cid, Hash, Metrics } from "../../primitives.ts";

/** The leader's proposal of what an epoch consists of. */
export interface MessageSetBody {
  readonly epoch: number;
  /** The round's leader is entry `round` of the leader order, modulo its length. */
  readonly round: number;
  readonly previousRoot: Hash;
  readonly registry: RegistrySnapshot;
  /** Strictly ascending by digest: see inSetOrder. */
  readonly messages: readonly Cid[];
  /** The aggregated adapter on the benchmark; null when nothing was included. */
  readonly aggregateMetrics: Metrics | null;
  /** Global + cluster adapter of each cluster that got deltas, on the benchmark; ascending by cluster. */
  readonly clusterMetrics: readonly ClusterMetrics[];
}

export interface ClusterMetrics {
  /** Id of the cluster. */
  readonly cluster: Cid;
  readonly metrics: Metrics;
}

const DIGEST_BYTES = 32;

/** Message CIDs as they stand in a set. */
export function inSetOrder(cids: readonly Cid[]): Cid[] {
  return cids
    .map((value) => ({ value, bytes: cidBytes(value) }))
    .sort((a, b) => compareBytes(a.bytes, b.bytes))
    .map(({ value }) => value);
}

const digests = bytes(0, LIMITS.messagesPerSet * DIGEST_BYTES).refine(
  (value) => value.length % DIGEST_BYTES === 0 && digestsAscend(value),
  "expected digests of 32 bytes, strictly ascending",
);

/** All are DAG-CBOR with sha2-256, so their digests alone travel, one after another. */
const messageCids = z.codec(digests, z.custom<readonly Cid[]>(Array.isArray), {
  decode: (value): Cid[] => {
    const cids: Cid[] = [];
    for (let at = 0; at < value.length; at += DIGEST_BYTES) {
      cids.push(cidOfDigest(value.subarray(at, at + DIGEST_BYTES), "dag-cbor"));
    }
    return cids;
  },
  encode: (cids) => {
    const all = new Uint8Array(cids.length * DIGEST_BYTES);
    cids.forEach((value, i) => {
      all.set(cidBytes(value).subarray(-DIGEST_BYTES), i * DIGEST_BYTES);
    });
    return all;
  },
});

function digestsAscend(value: Uint8Array): boolean {
  for (let at = DIGEST_BYTES; at < value.length; at += DIGEST_BYTES) {
    const before = value.subarray(at - DIGEST_BYTES, at);
    if (compareBytes(before, value.subarray(at, at + DIGEST_BYTES)) >= 0) return false;
  }
  return true;
}

export const messageSetBody = z.strictObject({
  epoch,
  round: integer(0, LIMITS.roundsPerEpoch),
  previousRoot: hash,
  registry: registrySnapshot,
  messages: messageCids,
  aggregateMetrics: metrics.nullable(),
  clusterMetrics: z
    .array(z.strictObject({ cluster: cid, metrics }))
    .max(64)
    .readonly()
    .refine(
      (entries) => isAscending(entries.map((entry) => entry.cluster)),
      "clusters not strictly ascending",
    ),
});
