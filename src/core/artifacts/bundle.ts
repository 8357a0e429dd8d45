/**
 * Bundle: DAG-CBOR { version: 1, delta: { type, rank, tensors: [{ name, shape, exponent, data: int8 bytes }] },
 * training, evaluation, environmentCid }. Its CID is what a submission names.
 */
import { decodeBlock, encodeBlock, type Schema } from "../codec/block.ts";
import { type ParleyError, reject, toErrorData } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Cid, Delta, ReportedMetrics } from "../primitives.ts";
import type { TrainingRecord } from "../training-record.ts";
import { bundle as bundleWire } from "./schema.ts";
import { checkShapes } from "./shape.ts";

export interface Bundle {
  readonly version: 1;
  readonly delta: Delta;
  readonly training: TrainingRecord;
  readonly evaluation: ReportedMetrics;
  readonly environmentCid: Cid;
}

const schema: Schema<Bundle> = bundleWire;

/** Errors: unencodable, tensor-shape. */
export function encodeBundle(genesis: Genesis, bundle: Bundle): Uint8Array {
  checkShapes(genesis.model, bundle.delta);
  return encodeBlock(schema, "bundle", bundle);
}

/** Errors (REJECT): malformed-bundle (not a bundle at all), tensor-shape (not of this model). */
export function decodeBundle(genesis: Genesis, bytes: Uint8Array): Bundle {
  let bundle: Bundle;
  try {
    bundle = decodeBlock(schema, "bundle", bytes, LIMITS.artifactBytes);
  } catch (thrown) {
    throw malformed(thrown);
  }
  checkShapes(genesis.model, bundle.delta);
  return bundle;
}

function malformed(thrown: unknown): ParleyError {
  const { code, received } = toErrorData(thrown);
  return reject(
    "malformed-bundle",
    "Not a bundle",
    undefined,
    received === undefined ? code : `${code}: ${received}`,
  );
}
