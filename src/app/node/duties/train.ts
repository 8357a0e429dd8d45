import { applyDelta } from "../../../core/artifacts/adapter.ts";
import { type Bundle, encodeBundle } from "../../../core/artifacts/bundle.ts";
import { normMicro } from "../../../core/epoch/norm.ts";
import { utilityPpm } from "../../../core/epoch/utility.ts";
import { failure } from "../../../core/errors.ts";
import type { ReportedMetrics } from "../../../core/primitives.ts";
import type { OnProgress } from "../../../ports/progress.ts";
import { randomSeed } from "../../random-id.ts";
import type { DutyContext } from "./situation.ts";
import { keepSubmission } from "./submit.ts";

/**
 * Measured on the seed model (docs/seed-model.md): learns one to eight corrections within seconds, forgets nothing of
 * the benchmark, and stays well inside the norm bound.
 */
export const TRAINING_PLAN = { steps: 80, learningRatePpm: 1_200 } as const;

/**
 * Trains on the stored pairs, measures the delta on the benchmark and packs it as a bundle for the next open epoch.
 * Errors: no-pairs, utility-too-low, delta-norm, aborted and the trainer's.
 */
export async function trainAndPack(
  context: DutyContext,
  epoch: number,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  const { store, trainer, evaluator, artifacts, genesis, random } = context.dependencies;
  const pairs = await store.listPairs();
  if (pairs.length === 0) {
    throw failure("no-pairs", "Correct an answer in the chat first: that is what the node trains on.");
  }
  const { state } = context.ledger.head.value;
  const version = await context.ledger.currentAdapter();
  context.events.info(epoch, "train", `Training on ${pairs.length} corrected answers`);
  const { delta, record } = await trainer.train(
    { pairs, adapter: version, ...TRAINING_PLAN, seed: randomSeed(random) },
    onProgress,
    signal,
  );
  context.events.good(
    epoch,
    "train",
    `Trained: loss on your pairs ${nats(record.lossBeforeMicroNats)} → ${nats(record.lossAfterMicroNats)}`,
  );
  checkNorm(normMicro(delta), genesis.parameters.deltaNormBoundMicro);
  onProgress({ step: "Measuring on the benchmark", done: 0, total: 0 });
  const { metrics, environmentCid } = await evaluator.evaluate(
    { adapter: applyDelta(version, delta) },
    onProgress,
    signal,
  );
  const reported: ReportedMetrics = { ...metrics, utilityPpm: utilityPpm(state.modelMetrics, metrics) };
  if (reported.utilityPpm < genesis.parameters.minimumUtilityPpm) {
    throw failure(
      "utility-too-low",
      "The network would refuse this delta: it does not make the shared model better. Your corrections are kept.",
      `benchmark loss below ${nats(state.modelMetrics.lossMicroNats)}`,
      nats(metrics.lossMicroNats),
    );
  }
  const bundle: Bundle = {
    version: 1,
    delta,
    training: { ...record, baseModelVersion: state.modelVersion },
    evaluation: reported,
    environmentCid,
  };
  const bytes = encodeBundle(genesis, bundle);
  const bundleCid = await artifacts.put(bytes);
  await keepSubmission(context, {
    bundleCid,
    baseModelVersion: state.modelVersion,
    reported,
    pairIds: pairs.map(({ id }) => id),
  });
  context.events.good(
    epoch,
    "pack",
    `Packed ${Math.ceil(bytes.length / 1024)} KiB as ${bundleCid.slice(0, 16)}…; benchmark loss ${nats(state.modelMetrics.lossMicroNats)} → ${nats(metrics.lossMicroNats)}`,
  );
}

function checkNorm(normMicro: number | bigint, boundMicro: number): void {
  if (normMicro <= boundMicro) return;
  throw failure(
    "delta-norm",
    "The change is too large to be accepted",
    `at most ${boundMicro}`,
    `${normMicro}`,
  );
}

/** Micro-nats for a person. */
export function nats(microNats: number): string {
  return (microNats / 1_000_000).toFixed(3);
}
