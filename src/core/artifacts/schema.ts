/** Wire schemas of content-addressed blocks; shapes against a genesis are checked by bundle.ts and adapter.ts. */

import {
  bytes,
  cid,
  count,
  epoch,
  hash,
  integer,
  nodeId,
  ppm,
  reportedMetrics,
  timestampMs,
} from "../codec/fields.ts";
import { z } from "../codec/zod.ts";
import { LIMITS } from "../limits.ts";
import { bytesToInt8, bytesToInt32, int8ToBytes, int32ToBytes } from "./tensors.ts";

const tensorName = z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/);
const rank = integer(1, LIMITS.adapterRank);
const shape = z.tuple([rank, integer(1, LIMITS.adapterParameters)]).readonly();

export const tensorSpec = z.strictObject({ name: tensorName, shape });

const int8Data = z.codec(
  bytes(1, LIMITS.adapterParameters),
  z.custom<Int8Array>((value) => value instanceof Int8Array && value.every((entry) => entry !== -128)),
  { decode: bytesToInt8, encode: int8ToBytes },
);

const int32Data = z.codec(
  bytes(4, LIMITS.adapterParameters * 4),
  z.custom<Int32Array>((value) => value instanceof Int32Array),
  { decode: bytesToInt32, encode: int32ToBytes },
);

const deltaTensor = z.strictObject({ name: tensorName, shape, exponent: integer(-20, 0), data: int8Data });

const denseDelta = z.strictObject({
  type: z.enum(["adapter", "full"]),
  rank,
  tensors: z.array(deltaTensor).min(1).max(LIMITS.adapterTensors).readonly(),
});

/** See sparse.ts. */
const packedDelta = z.strictObject({
  type: z.literal("sparse"),
  rank,
  exponents: bytes(1, LIMITS.adapterTensors),
  count: integer(1, LIMITS.adapterParameters),
  gaps: bytes(1, LIMITS.artifactBytes),
  values: bytes(1, LIMITS.adapterParameters),
});

const delta = z.discriminatedUnion("type", [denseDelta, packedDelta]);

const trainingMixture = z.strictObject({
  pairsPerStep: count,
  rehearsalsPerStep: count,
  rehearsalWeightPpm: ppm,
  chainedPpm: ppm,
});

const trainingProof = z.strictObject({
  trainingEnvironmentCid: cid,
  dataHash: hash,
  mixture: trainingMixture,
  microBatches: integer(1),
  checkpointSteps: integer(1),
  checkpoints: z.array(hash).min(1).max(LIMITS.trainingCheckpoints).readonly(),
  lossCurveMicroNats: z.array(count).max(LIMITS.trainingCurvePoints).readonly(),
});

const preferenceRecord = z.strictObject({
  betaMilli: count,
  supervisionMilli: count,
  unwantedCount: count,
});

const privacyRecord = z.strictObject({
  clipNormMicro: integer(1),
  noiseMultiplierMilli: integer(1),
  batchSize: integer(1),
  exampleCount: integer(1),
  noiseCommitment: hash,
});

export const trainingRecord = z.strictObject({
  environmentCid: cid,
  baseModelVersion: cid.nullable(),
  seed: count,
  steps: count,
  batchSize: count,
  sequenceTokens: count,
  learningRatePpm: count,
  pairCount: count,
  provider: z.enum(["wasm", "webgpu", "cpu"]),
  lossBeforeMicroNats: count,
  lossAfterMicroNats: count,
  preference: z.exactOptional(preferenceRecord),
  privacy: z.exactOptional(privacyRecord),
  proof: z.exactOptional(trainingProof),
});

export const bundle = z.strictObject({
  version: z.literal(1),
  delta,
  training: trainingRecord,
  evaluation: reportedMetrics,
  environmentCid: cid,
});

export const adapter = z.strictObject({
  version: z.literal(1),
  baseModel: cid,
  rank,
  tensors: z
    .array(z.strictObject({ name: tensorName, shape, data: int32Data }))
    .min(1)
    .max(LIMITS.adapterTensors)
    .readonly(),
});

export const manifest = z.strictObject({
  version: z.literal(1),
  modelVersion: cid,
  epoch,
  includedDeltas: z
    .array(z.strictObject({ deltaCid: cid, weightPpm: ppm, nodeId }))
    .max(LIMITS.messagesPerSet)
    .readonly(),
  aggregationEnvironmentCid: cid,
  messageSetRoot: hash,
  stateRoot: hash,
  timestampMs,
});
