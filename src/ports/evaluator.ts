import type { Adapter, Cid, Hash, Metrics, NodeId } from "../core/primitives.ts";
import type { TrainingPair } from "./chat.ts";
import type { Pace } from "./pace.ts";
import type { OnProgress } from "./progress.ts";

export interface EvaluationRequest {
  /** The adapter to evaluate with (a version, or version plus delta); null is the bare base model. */
  readonly adapter: Adapter | null;
  /** Work digests to compute: sha256(domain ‖ validator ‖ subject ‖ bits of the benchmark's logits), one per validator. */
  readonly digests?: { readonly subject: Cid; readonly validators: readonly NodeId[] };
}

export interface EvaluationResult {
  readonly metrics: Metrics;
  readonly environmentCid: Cid;
  /** By validator, in the order asked for. */
  readonly workDigests: readonly Hash[];
}

/**
 * Deterministic evaluation: the same bits on every machine (plain-SIMD WASM build of ONNX Runtime).
 * Errors: environment-mismatch, adapter-shape, aborted.
 */
export interface Evaluator {
  /** CID over evaluator graph, runtime binary, base weights and benchmark. */
  environment(): Promise<Cid>;
  evaluate(
    request: EvaluationRequest,
    onProgress?: OnProgress,
    signal?: AbortSignal,
    pace?: Pace,
  ): Promise<EvaluationResult>;
  /** Loss on given pairs (answers only), micro-nats. */
  evaluatePairs(pairs: readonly TrainingPair[], adapter: Adapter | null): Promise<number>;
}
