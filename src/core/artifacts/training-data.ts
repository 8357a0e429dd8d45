/**
 * What a delta was trained on, from an author who makes it public so that anybody can train again: DAG-CBOR
 * { version: 1, pairs, known, unwanted: lists of { prompt, answer } and optionally rejected }, in the order of the run.
 * A submission names it by `proof`.
 */
import { decodeBlock, encodeBlock, type Schema } from "../codec/block.ts";
import { text } from "../codec/fields.ts";
import { z } from "../codec/zod.ts";
import { LIMITS } from "../limits.ts";

export interface PublicPair {
  readonly prompt: string;
  readonly answer: string;
  readonly rejected?: string;
}

export interface PublicTrainingData {
  readonly version: 1;
  readonly pairs: readonly PublicPair[];
  readonly known: readonly PublicPair[];
  readonly unwanted: readonly PublicPair[];
}

const answer = text(0, LIMITS.correctionCharacters);
const pair = z.strictObject({
  prompt: text(0, LIMITS.promptCharacters),
  answer,
  rejected: z.exactOptional(answer),
});
const pairs = z.array(pair).max(LIMITS.publicPairs).readonly();
const schema: Schema<PublicTrainingData> = z.strictObject({
  version: z.literal(1),
  pairs,
  known: pairs,
  unwanted: pairs,
});

/** Errors: unencodable (too many pairs, or too long ones). */
export function encodeTrainingData(data: PublicTrainingData): Uint8Array {
  return encodeBlock(schema, "list of training data", data);
}

/** Errors: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeTrainingData(bytes: Uint8Array): PublicTrainingData {
  return decodeBlock(schema, "list of training data", bytes, LIMITS.artifactBytes);
}
