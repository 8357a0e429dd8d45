/** Genesis on the wire: DAG-CBOR of the Genesis type, CIDs as links, addresses as 20 bytes, amounts as big-endian bytes. */

import { decodeBlock, encodeBlock, type Schema } from "../codec/block.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { address, cid, integer, metrics, text, timestampMs } from "../codec/fields.ts";
import { z } from "../codec/zod.ts";
import { failure } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import { parameters } from "../parameters.ts";
import type { Cid } from "../primitives.ts";
import { tensorSpec } from "./schema.ts";

const genesis: Schema<Genesis> = z.strictObject({
  version: z.literal(1),
  name: text(1, 64),
  startMs: timestampMs,
  model: z.strictObject({
    manifestCid: cid,
    environmentCid: cid,
    baseMetrics: metrics,
    rank: integer(1, LIMITS.adapterRank),
    tensors: z.array(tensorSpec).min(1).max(LIMITS.adapterTensors).readonly(),
  }),
  chain: z.strictObject({
    chainId: integer(1),
    token: address,
    staking: address,
    epochAnchor: address,
    claims: address,
    treasury: address,
    guardian: address,
    disputes: address,
    commitLog: address,
    modelRegistry: address,
    accountLinks: address,
    anchorRewards: address,
  }),
  parameters,
  relays: z
    .array(text(1, LIMITS.addressCharacters))
    .min(1)
    .max(LIMITS.networkAddresses)
    .readonly()
    .optional(),
});

/** Errors: unencodable. */
export function encodeGenesis(value: Genesis): Uint8Array {
  return encodeBlock(genesis, "genesis", value);
}

/** Errors: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeGenesis(bytes: Uint8Array): Genesis {
  return decodeBlock(genesis, "genesis", bytes, LIMITS.artifactBytes);
}

const known = new WeakMap<Genesis, Cid>();

/** Names the network. Remembered by object, since every message needs it. */
export function genesisCid(value: Genesis): Cid {
  const remembered = known.get(value);
  if (remembered !== undefined) return remembered;
  const parametersCount = value.model.tensors.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  if (parametersCount > LIMITS.adapterParameters) {
    throw failure("unencodable", "The adapter of this genesis is too large", `${LIMITS.adapterParameters}`);
  }
  const result = cidOf(encodeGenesis(value));
  known.set(value, result);
  return result;
}
