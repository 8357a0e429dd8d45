import type { RegistrySnapshot } from "../../chain-types.ts";
import { cid, epoch, hash, integer, metrics } from "../../codec/fields.ts";
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
  /** Strictly ascending as base32 text. */
  readonly messages: readonly Cid[];
  /** The aggregated adapter on the benchmark; null when nothing was included. */
  readonly aggregateMetrics: Metrics | null;
}

export const messageSetBody = z.strictObject({
  epoch,
  round: integer(0, LIMITS.roundsPerEpoch),
  previousRoot: hash,
  registry: registrySnapshot,
  messages: z
    .array(cid)
    .max(LIMITS.messagesPerSet)
    .readonly()
    .refine(isAscending, "messages not strictly ascending"),
  aggregateMetrics: metrics.nullable(),
});
