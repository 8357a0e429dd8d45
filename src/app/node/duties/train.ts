import { normMicro } from "../../../core/aggregation/norm.ts";
import { applyDelta } from "../../../core/artifacts/adapter.ts";
import { type Bundle, encodeBundle } from "../../../core/artifacts/bundle.ts";
import { utilityPpm } from "../../../core/epoch/utility.ts";
import { failure } from "../../../core/errors.ts";
import type { ReportedMetrics } from "../../../core/primitives.ts";
import type { TrainingProgress, TrainingRecord, TrainingResult } from "../../../ports/trainer.ts";
import { keepLastRun } from "../../learning/last-run.ts";
import { JUDGED_PLAN, trainingPlan } from "../../learning/training-plan.ts";
import { TrainingWatch } from "../../learning/training-work.ts";
import type { NodeStatus } from "../../parley.ts";
import { randomSeed } from "../../random-id.ts";
import { trainKept } from "./kept-training.ts";
import { knownDialogues } from "./known-dialogues.ts";
import { keepResidual, packDelta } from "./residual.ts";
import type { DutyContext } from "./situation.ts";
import { keepSubmission } from "./submit.ts";

/** What a page sees of it. */
export type ShownTraining = Pick<Partial<NodeStatus>, "work" | "lastRun">;

/**
 * Trains on the stored pairs, measures the delta on the benchmark and packs it as a bundle for the next open epoch.
 * Errors: no-pairs, utility-too-low, delta-norm, aborted and the trainer's.
 */
export async function trainAndPack(
  context: DutyContext,
  epoch: number,
  show: (shown: ShownTraining) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store, trainer, learning, evaluator, artifacts, genesis, random } = context.dependencies;
  const corrections = await store.listPairs();
  const { state } = context.ledger.head.value;
  const version = await context.ledger.currentAdapter();
  const watch = new TrainingWatch();
  const onProgress = (progress: TrainingProgress) => show({ work: watch.next(progress) });
  const {
    delta: trained,
    record,
    privacy,
  } = await learning.train(JUDGED_PLAN.steps, async (data) => {
    context.events.info(epoch, "train", `Training on ${data.pairs.length} answers`);
    const plain = data.privacy === undefined && data.objective !== "preferences";
    const request = {
      ...data,
      ...(plain
        ? { ...trainingPlan(data.pairs.length), known: await knownDialogues(store, data.pairs) }
        : JUDGED_PLAN),
      adapter: version,
      seed: randomSeed(random),
    };
    return trainKept({ store, trainer, baseModelVersion: state.modelVersion }, request, onProgress, signal);
  });
  context.events.good(epoch, "train", told(record, privacy));
  show({ lastRun: await keepLastRun(store, record) });
  const { deltaDensityPpm } = state.parameters;
  const packed = await packDelta(genesis, store, trained, deltaDensityPpm);
  if (packed === undefined) throw failure("nothing-learnt", "Training changed nothing that could be sent.");
  const { delta } = packed;
  checkNorm(normMicro(delta), state.parameters.deltaNormBoundMicro);
  onProgress({ step: "Measuring on the benchmark", done: 0, total: 0 });
  const { metrics, environmentCid } = await evaluator.evaluate(
    { adapter: applyDelta(version, delta) },
    onProgress,
    signal,
  );
  const reported: ReportedMetrics = { ...metrics, utilityPpm: utilityPpm(state.modelMetrics, metrics) };
  if (reported.utilityPpm < state.parameters.minimumUtilityPpm) {
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
  await keepResidual(store, bundleCid, packed.residual);
  await keepSubmission(context, {
    bundleCid,
    deltaType: delta.type,
    baseModelVersion: state.modelVersion,
    reported,
    pairIds: corrections.map(({ id }) => id),
  });
  context.events.good(
    epoch,
    "pack",
    `Packed ${Math.ceil(bytes.length / 1024)} KiB as ${bundleCid.slice(0, 16)}…; benchmark loss ${nats(state.modelMetrics.lossMicroNats)} → ${nats(metrics.lossMicroNats)}`,
  );
}

function told(
  { lossBeforeMicroNats, lossAfterMicroNats }: TrainingRecord,
  privacy: TrainingResult["privacy"],
): string {
  const change = `${nats(lossBeforeMicroNats)} → ${nats(lossAfterMicroNats)}`;
  if (privacy === undefined) return `Trained: loss on your pairs ${change}`;
  const { runMicro, spentMicro, leftMicro } = privacy.account;
  const spent = `ε ${nats(runMicro)}, ${nats(spentMicro + runMicro)} in all, ${nats(leftMicro)} left`;
  return `Trained privately: loss on the benchmark ${change}; this run cost ${spent}`;
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

/** Millionths, of a nat or of ε, for a person. */
export function nats(microNats: number): string {
  return (microNats / 1_000_000).toFixed(3);
}
