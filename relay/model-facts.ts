import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "../src/core/codec/zod.ts";
import type { GenesisModel } from "../src/core/genesis.ts";
import type { Cid, Metrics } from "../src/core/primitives.ts";
import type { OnnxEvaluator } from "../src/model/engine/evaluator.ts";
import { createNodeModel } from "../src/model/node.ts";

const metricsSchema = z.strictObject({
  lossMicroNats: z.int().nonnegative(),
  accuracyPpm: z.int().min(0).max(1_000_000),
});

/**
 * What a genesis says of the model in `folder`. The environment is computed anew each time, so that changed code is
 * noticed; the base model's metrics, which follow from it, are kept in `cache` by its CID. Errors: those of loadModel.
 */
export async function modelFacts(
  folder: string,
  cache: string,
  print: (line: string) => void,
): Promise<GenesisModel> {
  const { model, evaluator, release } = await createNodeModel(folder);
  try {
    const environmentCid = await evaluator.environment();
    return {
      manifestCid: model.cid,
      environmentCid,
      baseMetrics: await baseMetrics(evaluator, environmentCid, cache, print),
      rank: model.manifest.lora.rank,
      tensors: model.tensors,
    };
  } finally {
    await release();
  }
}

async function baseMetrics(
  evaluator: OnnxEvaluator,
  environment: Cid,
  cache: string,
  print: (line: string) => void,
): Promise<Metrics> {
  const file = join(cache, `${environment}.json`);
  const kept = existsSync(file) ? parseKept(readFileSync(file, "utf8")) : undefined;
  if (kept !== undefined) return kept;
  print("evaluating the base model on its benchmark (once)");
  const { metrics } = await evaluator.evaluate({ adapter: null });
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, JSON.stringify(metrics));
  return metrics;
}

/** Undefined for a damaged file: it is computed again. */
function parseKept(text: string): Metrics | undefined {
  try {
    return metricsSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
