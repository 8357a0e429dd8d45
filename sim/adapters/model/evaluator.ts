import { bytesToHex, hashWithDomain, hexToBytes } from "../../../src/core/bytes.ts";
import { cidBytes } from "../../../src/core/codec/dag-cbor.ts";
import { DOMAINS } from "../../../src/core/domains.ts";
import { failure } from "../../../src/core/errors.ts";
import type { GenesisModel } from "../../../src/core/genesis.ts";
import type { Adapter, Cid, Hash, Metrics, NodeId } from "../../../src/core/primitives.ts";
import type { TrainingPair } from "../../../src/ports/chat.ts";
import type { EvaluationRequest, EvaluationResult, Evaluator } from "../../../src/ports/evaluator.ts";
import type { OnProgress } from "../../../src/ports/progress.ts";
import { benchmarkTarget, logitBytes, metricsOf, pairsTarget, valuesOf } from "./surrogate.ts";

export type SurrogateModel = Pick<GenesisModel, "manifestCid" | "environmentCid" | "tensors">;

interface SurrogateEvaluation {
  readonly metrics: Metrics;
  /** Stand for the bits of the benchmark's logits. */
  readonly logits: Uint8Array;
}

/** An adapter on the benchmark. Errors: adapter-shape. */
function surrogateEvaluation(
  tensors: SurrogateModel["tensors"],
  adapter: Adapter | null,
): SurrogateEvaluation {
  const target = benchmarkTarget(tensors);
  const values = valuesOf(tensors, adapter);
  return { metrics: metricsOf(values, target), logits: logitBytes(values, target) };
}

/** The work digest that a validator must show. */
function surrogateDigest(validator: NodeId, subject: Cid | undefined, logits: Uint8Array): Hash {
  const named = subject === undefined ? new Uint8Array() : cidBytes(subject);
  return bytesToHex(hashWithDomain(DOMAINS.workDigest, hexToBytes(validator), named, logits));
}

/** Deterministic evaluation of the surrogate model. */
export class SurrogateEvaluator implements Evaluator {
  readonly #model: SurrogateModel;

  constructor(model: SurrogateModel) {
    this.#model = model;
  }

  async environment(): Promise<Cid> {
    return this.#model.environmentCid;
  }

  async evaluate(
    { adapter, digests }: EvaluationRequest,
    onProgress?: OnProgress,
    signal?: AbortSignal,
  ): Promise<EvaluationResult> {
    const { manifestCid, tensors, environmentCid } = this.#model;
    if (adapter !== null && adapter.baseModel !== manifestCid) {
      const message = "The adapter is for another model";
      throw failure("environment-mismatch", message, manifestCid, adapter.baseModel);
    }
    onProgress?.({ step: "Checking on the benchmark", done: 1, total: 1 });
    if (signal?.aborted) throw failure("aborted", "The evaluation was stopped");
    const { metrics, logits } = surrogateEvaluation(tensors, adapter);
    return {
      metrics,
      environmentCid,
      workDigests: (digests?.validators ?? []).map((validator) =>
        surrogateDigest(validator, digests?.subject, logits),
      ),
    };
  }

  async evaluatePairs(pairs: readonly TrainingPair[], adapter: Adapter | null): Promise<number> {
    if (pairs.length === 0) throw failure("no-pairs", "There is nothing to evaluate", "at least one pair");
    const { tensors } = this.#model;
    return metricsOf(valuesOf(tensors, adapter), pairsTarget(tensors, pairs)).lossMicroNats;
  }
}
