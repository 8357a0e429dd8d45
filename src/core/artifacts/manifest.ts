/** Manifest of an epoch: what an auditor starts from. Its digest is under the operators' signatures. */
import { decodeBlock, encodeBlock, type Schema } from "../codec/block.ts";
import { LIMITS } from "../limits.ts";
import type { Cid, Hash, NodeId } from "../primitives.ts";
import { manifest as manifestWire } from "./schema.ts";

export interface IncludedDelta {
  readonly deltaCid: Cid;
  /** Share of the aggregation weight, before norm clipping. */
  readonly weightPpm: number;
  readonly nodeId: NodeId;
}

export interface Manifest {
  readonly version: 1;
  /** CID of the adapter version after the epoch. */
  readonly modelVersion: Cid;
  readonly epoch: number;
  /** Ascending by deltaCid, then nodeId. Empty when no version was published. */
  readonly includedDeltas: readonly IncludedDelta[];
  readonly aggregationEnvironmentCid: Cid;
  /** RFC 6962 root over the CIDs of the message set. */
  readonly messageSetRoot: Hash;
  readonly stateRoot: Hash;
  /** End of the epoch. */
  readonly timestampMs: number;
}

const schema: Schema<Manifest> = manifestWire;

export function encodeManifest(manifest: Manifest): Uint8Array {
  return encodeBlock(schema, "manifest", manifest);
}

/** Errors: too-large, malformed-cbor, not-canonical, unknown-field, schema. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  return decodeBlock(schema, "manifest", bytes, LIMITS.artifactBytes);
}
