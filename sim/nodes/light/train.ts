import { applyDelta } from "../../../src/core/artifacts/adapter.ts";
import { encodeBundle } from "../../../src/core/artifacts/bundle.ts";
import { bytesToHex } from "../../../src/core/bytes.ts";
import { cidOf } from "../../../src/core/codec/dag-cbor.ts";
import { phaseAt } from "../../../src/core/epoch/clock.ts";
import { utilityPpm } from "../../../src/core/epoch/utility.ts";
import { LIMITS } from "../../../src/core/limits.ts";
import { commitmentOf } from "../../../src/core/messages/commit/schema.ts";
import type { Adapter, Delta, ReportedMetrics } from "../../../src/core/primitives.ts";
import { modelOf } from "../../adapters/model/models.ts";
import { adapterOf } from "./blocks.ts";
import type { LightContext } from "./context.ts";

/** As sure as the app's trainers say they are. */
const CONFIDENCE_PPM = 700_000;

/** Trains on data of its own, packs the delta and commits to it, as the app's duties train and submit do. */
export function trainAndCommit(context: LightContext, epoch: number): void {
  const { surroundings, plan, adversary, view, head } = context;
  const version = adapterOf(context, head.state.modelVersion);
  if (version === undefined || !canSubmit(context, epoch)) return;
  const trained = honestDelta(context, version, epoch);
  const delta = adversary.onTrain?.(trained, view) ?? trained;
  const measured = measure(context, version, delta);
  const reported = adversary.onReport?.(measured, view) ?? measured;
  const isHonest = plan.role === "honest";
  if (isHonest && reported.utilityPpm < head.state.parameters.minimumUtilityPpm) return;
  const own = packed(context, delta, reported, epoch);
  const bytes = adversary.onBundle?.(own, view) ?? own;
  const bundleCid = cidOf(bytes);
  surroundings.blocks.hold(plan.index, bundleCid, bytes);
  const saltHex = bytesToHex(view.random.bytes(LIMITS.saltBytes));
  context.pending = { epoch, bundleCid, saltHex, baseModelVersion: head.state.modelVersion, reported };
  context.say("commit", {
    epoch,
    commitment: commitmentOf(plan.identity.nodeId, bundleCid, saltHex),
    bondWei: head.state.parameters.commitBondWei,
  });
}

/** Reveals in the reveal phase what was committed to. */
export function reveal(context: LightContext, epoch: number): void {
  const { pending, plan } = context;
  if (pending?.epoch !== epoch) return;
  context.pending = undefined;
  context.say("submission", {
    epoch,
    baseModelVersion: pending.baseModelVersion,
    deltaCid: pending.bundleCid,
    deltaType: "adapter",
    reportedMetrics: pending.reported,
    confidencePpm: CONFIDENCE_PPM,
    salt: pending.saltHex,
    // What fines and fees have left of it: who claims more than that is refused.
    stakeWei: context.contextOf(epoch).staked.get(plan.identity.nodeId)?.stakeWei ?? 0n,
    proof: null,
  });
}

/** What this node's own data makes of the current version. */
export function honestDelta(context: LightContext, version: Adapter, seed: number): Delta {
  const { surroundings, plan } = context;
  return modelOf(surroundings.genesis).train(version, plan.name, seed);
}

export function measure(context: LightContext, version: Adapter, delta: Delta): ReportedMetrics {
  const { metrics } = modelOf(context.surroundings.genesis).measure(applyDelta(version, delta));
  return { ...metrics, utilityPpm: utilityPpm(context.head.state.modelMetrics, metrics) };
}

/** Only who has stake, and only where enough others have for a committee. */
function canSubmit(context: LightContext, epoch: number): boolean {
  const { genesis } = context.surroundings;
  const now = phaseAt(genesis, context.clock.nowMs());
  if (now?.epoch !== epoch || now.phase !== "commit") return false;
  const { staked } = context.contextOf(epoch);
  const { committeeSize } = context.head.state.parameters;
  return staked.has(context.plan.identity.nodeId) && staked.size > committeeSize;
}

function packed(context: LightContext, delta: Delta, reported: ReportedMetrics, epoch: number): Uint8Array {
  const { genesis } = context.surroundings;
  return encodeBundle(genesis, {
    version: 1,
    delta,
    training: {
      environmentCid: genesis.model.environmentCid,
      baseModelVersion: context.head.state.modelVersion,
      seed: epoch,
      steps: 1,
      batchSize: 1,
      sequenceTokens: 1,
      learningRatePpm: 1_000,
      pairCount: 1,
      provider: "cpu",
      lossBeforeMicroNats: context.head.state.modelMetrics.lossMicroNats,
      lossAfterMicroNats: reported.lossMicroNats,
    },
    evaluation: reported,
    environmentCid: genesis.model.environmentCid,
  });
}
