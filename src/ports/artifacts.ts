import type { Cid } from "../core/primitives.ts";

/** Content-addressed blocks (bundles, manifests, adapters), held locally and fetched from peers. */
export interface Artifacts {
  /** Stores DAG-CBOR bytes; the CID is CIDv1, codec dag-cbor, sha2-256. Errors: too-large. */
  put(bytes: Uint8Array): Promise<Cid>;
  /** Local first, then from peers, hash-checked. Errors: not-found (after `timeoutMs`), too-large, aborted. */
  get(cid: Cid, options?: { timeoutMs?: number; signal?: AbortSignal }): Promise<Uint8Array>;
  has(cid: Cid): Promise<boolean>;
  delete(cid: Cid): Promise<void>;
}
