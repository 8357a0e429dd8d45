import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { aggregate } from "../../src/core/aggregation/aggregate.ts";
import { addChange } from "../../src/core/aggregation/change.ts";
import { normMicro } from "../../src/core/aggregation/norm.ts";
import { DEFAULT_AGGREGATION } from "../../src/core/aggregation/settings.ts";
import { applyDelta } from "../../src/core/artifacts/adapter.ts";
import { utilityPpm } from "../../src/core/epoch/utility.ts";
import type { Adapter } from "../../src/core/primitives.ts";
import type { TrainingMixture } from "../../src/core/training-record.ts";
import { zeroAdapter } from "../../src/model/lora/adapter.ts";
import type { NodeModel } from "../../src/model/node.ts";
import type { TrainingPair } from "../../src/ports/chat.ts";
import { measureRecall, type RecallReport } from "./recall.ts";
import { CORRECTIONS_FILE } from "./settings.ts";

const CorrectionsSchema = z.array(z.strictObject({ prompt: z.string(), answer: z.string() })).min(1);

/** The corrections that the end-to-end test types. */
export async function readCorrections(root: string): Promise<readonly TrainingPair[]> {
  return CorrectionsSchema.parse(JSON.parse(await readFile(path.join(root, CORRECTIONS_FILE), "utf8")));
}

export interface TrainingPlan {
  readonly steps: number;
  readonly learningRatePpm: number;
  readonly mixture: TrainingMixture;
  readonly seed: number;
  readonly known: readonly TrainingPair[];
}

/** What learning the corrections does to the benchmark. */
export interface CorrectionReport extends Omit<TrainingPlan, "known">, RecallReport {
  readonly pairs: number;
  readonly trainingMs: number;
  readonly pairsLossBeforeMicroNats: number;
  readonly pairsLossAfterMicroNats: number;
  readonly normMicro: number;
  /** Of the delta as it is submitted. */
  readonly utilityPpm: number;
  /** Of the version that adopts it, after clipping. */
  readonly adoptedUtilityPpm: number;
  readonly adoptedPairsLossMicroNats: number;
  readonly adoptedAccuracyPpm: number;
}

/** Trains on the pairs from the base model, adopts the delta as aggregation would, and measures both. */
export async function measureCorrections(
  node: NodeModel,
  pairs: readonly TrainingPair[],
  plan: TrainingPlan,
  clipNormMicro: number,
): Promise<{ readonly report: CorrectionReport; readonly adopted: Adapter }> {
  const { model, trainer, evaluator } = node;
  const { metrics: before } = await evaluator.evaluate({ adapter: null });
  const startMs = performance.now();
  const { delta, record } = await trainer.train({ pairs, adapter: null, ...plan });
  const trainingMs = Math.round(performance.now() - startMs);
  const base = zeroAdapter(model.cid, model.tensors);
  const settings = { ...DEFAULT_AGGREGATION, clipNormMicro };
  const adopted = addChange(base, aggregate(model.tensors, [{ cid: "", delta, weight: 1n }], settings));
  const submitted = await evaluator.evaluate({ adapter: applyDelta(base, delta) });
  const { metrics: after } = await evaluator.evaluate({ adapter: adopted });
  const { known: _, ...numbers } = plan;
  const report: CorrectionReport = {
    ...numbers,
    ...(await measureRecall(node, adopted, pairs)),
    pairs: pairs.length,
    trainingMs,
    pairsLossBeforeMicroNats: record.lossBeforeMicroNats,
    pairsLossAfterMicroNats: record.lossAfterMicroNats,
    normMicro: Number(normMicro(delta)),
    utilityPpm: utilityPpm(before, submitted.metrics),
    adoptedUtilityPpm: utilityPpm(before, after),
    adoptedPairsLossMicroNats: await evaluator.evaluatePairs(pairs, adopted),
    adoptedAccuracyPpm: after.accuracyPpm,
  };
  return { report, adopted };
}
