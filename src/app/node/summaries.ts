import type { Contribution, EpochResult } from "../../core/epoch/transition.ts";
import type { Metrics } from "../../core/primitives.ts";
import { NETWORK_VALUE_PREFIX, type Store, type StoredEpoch } from "../../ports/store.ts";
import type { EpochContribution, EpochSummary } from "../parley.ts";
import type { Anchoring } from "./anchoring.ts";

/** What a person sees of an epoch; kept beside the epoch, since the state holds only the outcome. */
type KeptSummary = Omit<EpochSummary, "anchor">;

export async function keepSummary(store: Store, result: EpochResult, signerCount: number): Promise<void> {
  const summary: KeptSummary = {
    epoch: result.state.epoch,
    stateRoot: result.stateRoot,
    manifestCid: result.manifestCid,
    modelVersion: result.state.modelVersion,
    metrics: result.state.modelMetrics,
    contributions: result.contributions.map(contributionOf),
    signerCount,
  };
  await store.setValue(keyOf(summary.epoch), new TextEncoder().encode(JSON.stringify(summary, writeWei)));
}

/** Newest first, with how each stands on the chain. */
export async function listSummaries(
  store: Store,
  limit: number,
  anchoring: Pick<Anchoring, "anchoredEpoch" | "reason">,
): Promise<readonly EpochSummary[]> {
  const summaries: EpochSummary[] = [];
  for (const stored of await store.listEpochs(limit)) {
    const summary = await readSummary(store, stored);
    if (summary === undefined) continue;
    const anchored = anchoring.anchoredEpoch(stored.epoch);
    const { reason } = anchoring;
    summaries.push({
      ...summary,
      anchor: anchored
        ? { state: "anchored", transaction: anchored.transaction, blockNumber: anchored.blockNumber }
        : { state: "waiting", ...(reason === undefined ? {} : { reason }) },
    });
  }
  return summaries;
}

async function readSummary(store: Store, epoch: StoredEpoch): Promise<KeptSummary | undefined> {
  const bytes = await store.getValue(keyOf(epoch.epoch));
  return bytes && JSON.parse(new TextDecoder().decode(bytes), readWei);
}

function contributionOf(contribution: Contribution): EpochContribution {
  const { nodeId, deltaCid, outcome, reason, weightPpm, metrics, validators, rewardWei } = contribution;
  const shown: Metrics | undefined = metrics ?? undefined;
  return {
    nodeId,
    deltaCid,
    outcome,
    weightPpm,
    validators,
    rewardWei,
    ...(reason === undefined || reason === null ? {} : { reason }),
    ...(shown === undefined ? {} : { metrics: shown }),
  };
}

const keyOf = (epoch: number): string => `${NETWORK_VALUE_PREFIX}epoch-summary-${epoch}`;

function writeWei(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}` : value;
}

function readWei(key: string, value: unknown): unknown {
  return key === "rewardWei" && typeof value === "string" ? BigInt(value) : value;
}
