/**
 * Bundle: DAG-CBOR { version: 1, delta, training, evaluation, environmentCid }. Its CID is what a submission names.
 * delta: { type: "adapter" or "full", rank, tensors: [{ name, shape, exponent, data: int8 bytes }] }, or the packed form of
 * sparse.ts.
 */
import { decodeBlock, encodeBlock, type Schema } from "../codec/block.ts";
import { type ParleyError, reject, toErrorData } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Cid, Delta, DenseDelta, ReportedMetrics } from "../primitives.ts";
import type { TrainingRecord } from "../training-record.ts";
import { bundle as bundleWire } from "./schema.ts";
import { checkDelta } from "./shape.ts";
import { type PackedDelta, packSparse, unpackSparse } from "./sparse.ts";

export interface Bundle {
  readonly version: 1;
  readonly delta: Delta;
  readonly training: TrainingRecord;
  readonly evaluation: ReportedMetrics;
  readonly environmentCid: Cid;
}

/** As the schema sees it: sparse deltas need the genesis to become tensors. */
export interface WireBundle extends Omit<Bundle, "delta"> {
  readonly delta: DenseDelta | PackedDelta;
}

const schema: Schema<WireBundle> = bundleWire;

/** Errors: unencodable, tensor-shape, delta-type. */
export function encodeBundle(genesis: Genesis, bundle: Bundle): Uint8Array {
  checkDelta(genesis.model, bundle.delta);
  const delta = bundle.delta.type === "sparse" ? packSparse(bundle.delta) : bundle.delta;
  return encodeBlock(schema, "bundle", { ...bundle, delta });
}

/**
 * Errors (REJECT): malformed-bundle (not a bundle at all), tensor-shape (not of this model), sparse-coding (see sparse.ts),
 * delta-type ("full" for a model that is not tiny).
 */
export function decodeBundle(genesis: Genesis, bytes: Uint8Array): Bundle {
  let wire: WireBundle;
  try {
    wire = decodeBlock(schema, "bundle", bytes, LIMITS.artifactBytes);
  } catch (thrown) {
    throw malformed(thrown);
  }
  const delta = wire.delta.type === "sparse" ? unpackSparse(genesis.model.tensors, wire.delta) : wire.delta;
  checkDelta(genesis.model, delta);
  return { ...wire, delta };
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
