import type { Page } from "@playwright/test";
import { trainingPlan } from "../../src/app/learning/training-plan.ts";
import { normMicro } from "../../src/core/aggregation/norm.ts";
import { adapterCid, applyDelta, emptyAdapter } from "../../src/core/artifacts/adapter.ts";
import { type Bundle, encodeBundle } from "../../src/core/artifacts/bundle.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { utilityPpm } from "../../src/core/epoch/utility.ts";
import type { Genesis } from "../../src/core/genesis.ts";
import { commitmentOf } from "../../src/core/messages/commit/schema.ts";
import type { DeltaTensor } from "../../src/core/primitives.ts";
import type { Donor } from "./donors.ts";

/** What a tab commits to and what it reveals; of an honest tab both are of one bundle. */
export interface Plan {
  readonly committed: Uint8Array;
  readonly revealed: Uint8Array;
  readonly bundle: Bundle;
}

const SALT = "5a".repeat(32);

export function honest(genesis: Genesis, bundle: Bundle): Plan {
  const bytes = encodeBundle(genesis, bundle);
  return { committed: bytes, revealed: bytes, bundle };
}

/** Bytes of the delta changed after it was measured. */
export function changedBytes(genesis: Genesis, bundle: Bundle): Plan {
  const negated = (tensor: DeltaTensor) => ({ ...tensor, data: tensor.data.map((value) => -value) });
  return honest(genesis, withTensors(bundle, negated));
}

/** Metrics better than the delta is, in bundle and submission alike. */
export function inflatedMetrics(genesis: Genesis, bundle: Bundle): Plan {
  const lossMicroNats = Math.floor(bundle.evaluation.lossMicroNats / 2);
  const metrics = { ...bundle.evaluation, lossMicroNats };
  const evaluation = { ...metrics, utilityPpm: utilityPpm(genesis.model.baseMetrics, metrics) };
  return honest(genesis, { ...bundle, evaluation });
}

/** The same direction, over the bound of the norm. */
export function tooLarge(genesis: Genesis, bundle: Bundle): Plan {
  const grown = withTensors(bundle, (tensor) => ({ ...tensor, exponent: tensor.exponent + 1 }));
  const { deltaNormBoundMicro } = genesis.parameters;
  return normMicro(grown.delta) > deltaNormBoundMicro ? honest(genesis, grown) : tooLarge(genesis, grown);
}

/** One bundle promised, a good one shown. */
export function otherThanCommitted(genesis: Genesis, bundle: Bundle): Plan {
  const revealed = encodeBundle(genesis, bundle);
  return { committed: changedBytes(genesis, bundle).revealed, revealed, bundle };
}

/** Trains on the first version as the app does, and hands the bundle over before anything of it is sent. */
export async function trainBundle(
  page: Page,
  genesis: Genesis,
  pairs: readonly { prompt: string; answer: string }[],
): Promise<Bundle> {
  const { delta, training } = await trainDelta(page, pairs);
  const { tensors, ...version } = applyDelta(emptyAdapter(genesis), delta);
  const metrics = await page.evaluate(
    async (adapter) => {
      const read = adapter.tensors.map((tensor) => ({ ...tensor, data: Int32Array.from(tensor.data) }));
      const { evaluator } = parley.dependencies;
      return (await evaluator.evaluate({ adapter: { ...adapter, tensors: read } })).metrics;
    },
    { ...version, tensors: tensors.map((tensor) => ({ ...tensor, data: Array.from(tensor.data) })) },
  );
  return {
    version: 1,
    delta,
    training: { ...training, baseModelVersion: adapterCid(genesis, emptyAdapter(genesis)) },
    evaluation: { ...metrics, utilityPpm: utilityPpm(genesis.model.baseMetrics, metrics) },
    environmentCid: genesis.model.environmentCid,
  };
}

async function trainDelta(page: Page, pairs: readonly { prompt: string; answer: string }[]) {
  const { delta, record } = await page.evaluate(
    async ({ plan, pairs }) => {
      const adapter = await parley.node.ledger.currentAdapter();
      // In a turn of its own: outside of one, training is held.
      const trained = await parley.scheduler.run({ kind: "train", title: "Training a delta" }, () =>
        parley.dependencies.trainer.train({ ...plan, pairs, adapter, seed: 7 }),
      );
      const tensors = trained.delta.tensors.map((tensor) => ({ ...tensor, data: Array.from(tensor.data) }));
      return { delta: { ...trained.delta, tensors }, record: trained.record };
    },
    { plan: trainingPlan(pairs.length), pairs },
  );
  const tensors = delta.tensors.map((tensor) => ({ ...tensor, data: Int8Array.from(tensor.data) }));
  return { delta: { ...delta, tensors }, training: record };
}

/** Signs and publishes the commit of a plan; its bundle lies ready for those who will ask. */
export async function commit({ page }: Donor, genesis: Genesis, epoch: number, plan: Plan): Promise<void> {
  const nodeId = await page.evaluate(() => parley.dependencies.identity.nodeId);
  const commitment = commitmentOf(nodeId, cidOf(plan.committed), SALT);
  const body = { epoch, commitment, bondWei: genesis.parameters.minimumStakeWei };
  await page.evaluate(
    async ({ bytes, message }) => {
      await parley.dependencies.artifacts.put(Uint8Array.from(bytes));
      await parley.node.log.append("commit", message);
    },
    { bytes: Array.from(plan.revealed), message: body },
  );
}

/** Signs and publishes the submission of a plan. */
export async function reveal({ page }: Donor, genesis: Genesis, epoch: number, plan: Plan): Promise<void> {
  const { training, evaluation } = plan.bundle;
  await page.evaluate((body) => parley.node.log.append("submission", body).then(() => undefined), {
    epoch,
    baseModelVersion: training.baseModelVersion ?? "none",
    deltaCid: cidOf(plan.revealed),
    deltaType: "adapter" as const,
    reportedMetrics: evaluation,
    confidencePpm: 700_000,
    salt: SALT,
    stakeWei: genesis.parameters.minimumStakeWei,
    proof: null,
  });
}

function withTensors(bundle: Bundle, change: (tensor: DeltaTensor) => DeltaTensor): Bundle {
  const { delta } = bundle;
  if (delta.type === "sparse") throw new Error("only deltas with every value are tampered with");
  return { ...bundle, delta: { ...delta, tensors: delta.tensors.map(change) } };
}
