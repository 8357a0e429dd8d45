import { bytesToHex, hashWithDomain, hexToBytes } from "../../../../src/core/bytes.ts";
import { cidBytes } from "../../../../src/core/codec/dag-cbor.ts";
import { DOMAINS } from "../../../../src/core/domains.ts";
import { failure } from "../../../../src/core/errors.ts";
import type { Adapter, Cid } from "../../../../src/core/primitives.ts";
import type { TrainingPair } from "../../../../src/ports/chat.ts";
import type { EvaluationRequest, EvaluationResult, Evaluator } from "../../../../src/ports/evaluator.ts";
import type { OnProgress } from "../../../../src/ports/progress.ts";
import { lossMicroNatsOf, measureTiny, TINY_MODEL } from "./tiny.ts";

/** Deterministic evaluation of the tiny model. */
export class TinyEvaluator implements Evaluator {
  async environment(): Promise<Cid> {
    return TINY_MODEL.environmentCid;
  }

  async evaluate(
    { adapter, digests }: EvaluationRequest,
    onProgress?: OnProgress,
    signal?: AbortSignal,
  ): Promise<EvaluationResult> {
    checkBase(adapter);
    const { metrics, logits } = measureTiny(adapter);
    const subject = digests === undefined ? new Uint8Array() : cidBytes(digests.subject);
    onProgress?.({ step: "Checking on the benchmark", done: 1, total: 1 });
    if (signal?.aborted) throw failure("aborted", "The evaluation was stopped");
    return {
      metrics,
      environmentCid: TINY_MODEL.environmentCid,
      workDigests: (digests?.validators ?? []).map((validator) =>
        bytesToHex(hashWithDomain(DOMAINS.workDigest, hexToBytes(validator), subject, logits)),
      ),
    };
  }

  async evaluatePairs(pairs: readonly TrainingPair[], adapter: Adapter | null): Promise<number> {
    if (pairs.length === 0) throw failure("no-pairs", "There is nothing to evaluate", "at least one pair");
    checkBase(adapter);
    return lossMicroNatsOf(pairs, adapter);
  }
}

function checkBase(adapter: Adapter | null): void {
  if (adapter === null || adapter.baseModel === TINY_MODEL.manifestCid) return;
  const message = "The adapter is for another model";
  throw failure("environment-mismatch", message, TINY_MODEL.manifestCid, adapter.baseModel);
}
