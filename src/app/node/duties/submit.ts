import { bytesToHex } from "@noble/hashes/utils.js";
import { phaseWindow } from "../../../core/epoch/clock.ts";
import { stakedEntry } from "../../../core/epoch/context.ts";
import type { Genesis } from "../../../core/genesis.ts";
import { LIMITS } from "../../../core/limits.ts";
import { commitmentOf } from "../../../core/messages/commit/schema.ts";
import type { DeltaType } from "../../../core/messages/submission/schema.ts";
import type { Cid, ReportedMetrics } from "../../../core/primitives.ts";
import type { Store, StoredDuty } from "../../../ports/store.ts";
import { settleResidual } from "./residual.ts";
import type { DutyContext, Situation } from "./situation.ts";

const DUTY_ID = "submission";
/** What was committed to and is still to be revealed: it stays as it is, whatever is trained meanwhile. */
const REVEAL_ID = "reveal";
/** How sure a trainer is of its own delta, until confidence is learned from results. */
const CONFIDENCE_PPM = 700_000;

/** A packed delta on its way through an epoch. Kept until the epoch that took it in or refused it is certified. */
export interface PendingSubmission {
  readonly bundleCid: Cid;
  /** Absent in what earlier versions kept. */
  readonly deltaType?: DeltaType;
  readonly saltHex: string;
  readonly baseModelVersion: Cid;
  readonly reported: ReportedMetrics;
  readonly pairIds: readonly string[];
}

export async function pendingSubmission(context: DutyContext): Promise<PendingSubmission | undefined> {
  return read((await context.dependencies.store.listDuties()).find(({ id }) => id === DUTY_ID));
}

/** What this node has committed to in an epoch, as it was then. */
async function committedSubmission(
  context: DutyContext,
  epoch: number,
): Promise<PendingSubmission | undefined> {
  const duties = await context.dependencies.store.listDuties();
  return read(duties.find((duty) => duty.id === REVEAL_ID && duty.epoch === epoch));
}

/** Bundles that this node has packed or committed to, and that no epoch has judged. */
export async function bundlesOnTheirWay(store: Pick<Store, "listDuties">): Promise<readonly Cid[]> {
  const duties = await store.listDuties();
  const own = duties.filter(({ id }) => id === DUTY_ID || id === REVEAL_ID);
  return own.flatMap((duty) => read(duty)?.bundleCid ?? []);
}

function read(duty: StoredDuty | undefined): PendingSubmission | undefined {
  return duty === undefined ? undefined : JSON.parse(new TextDecoder().decode(duty.detail));
}

export async function keepSubmission(
  context: DutyContext,
  pending: Omit<PendingSubmission, "saltHex">,
): Promise<void> {
  const saltHex = bytesToHex(context.dependencies.random.bytes(LIMITS.saltBytes));
  await put(context, DUTY_ID, -1, Number.MAX_SAFE_INTEGER, { ...pending, saltHex });
}

async function put(
  context: DutyContext,
  id: string,
  epoch: number,
  deadlineMs: number,
  pending: PendingSubmission,
): Promise<void> {
  const detail = new TextEncoder().encode(JSON.stringify(pending));
  await context.dependencies.store.putDuty({ id, kind: "submit", epoch, deadlineMs, detail });
}

/** `adopted`: the network has taken it in. */
export async function dropSubmission(context: DutyContext, adopted = false): Promise<void> {
  const pending = await pendingSubmission(context);
  if (pending) await settleResidual(context.dependencies.store, pending.bundleCid, adopted);
  await context.dependencies.store.deleteDuty(DUTY_ID);
}

/** Whether a packed delta waits for an epoch to take it in or refuse it. */
export async function hasPacked(store: Pick<Store, "listDuties">): Promise<boolean> {
  return (await store.listDuties()).some(({ id }) => id === DUTY_ID);
}

/** What was promised up to an epoch is done: it has been judged. A promise of a later epoch still holds. */
export async function dropRevealed(context: DutyContext, epoch: number): Promise<void> {
  const { store } = context.dependencies;
  const promised = (await store.listDuties()).find(({ id }) => id === REVEAL_ID);
  if (promised !== undefined && promised.epoch <= epoch) await store.deleteDuty(REVEAL_ID);
}

/** Commits to a packed delta in the commit phase and reveals it in the reveal phase, each once an epoch. */
export async function submitDelta(context: DutyContext, situation: Situation): Promise<void> {
  if (situation.phase !== "commit" && situation.phase !== "reveal") return;
  const pending =
    situation.phase === "commit"
      ? await pendingSubmission(context)
      : await committedSubmission(context, situation.epoch);
  if (!pending) return;
  const act = situation.phase === "commit" ? commit : reveal;
  context.tasks.once(
    `${situation.phase} ${situation.epoch} ${pending.bundleCid}`,
    () => act(context, situation, pending),
    (thrown) =>
      context.events.bad(
        situation.epoch,
        situation.phase === "commit" ? "commit" : "reveal",
        "Could not send",
        thrown,
      ),
  );
}

async function commit(
  context: DutyContext,
  situation: Situation,
  pending: PendingSubmission,
): Promise<boolean> {
  const { identity, genesis } = context.dependencies;
  if (pending.baseModelVersion !== situation.head.state.modelVersion) return false;
  if (!situation.isValidator) {
    context.events.info(
      situation.epoch,
      "commit",
      "The delta is ready. It waits for the next epoch, in which this node's stake counts",
    );
    return true;
  }
  const missing = missingValidators(situation);
  if (missing > 0) {
    context.events.info(
      situation.epoch,
      "commit",
      `The delta is ready. It waits until ${missing} more ${missing === 1 ? "donor has" : "donors have"} staked: ${situation.head.state.parameters.committeeSize} validators check each delta`,
    );
    return true;
  }
  if ((await own(context, situation.epoch, "commit")) !== undefined) return true;
  // Kept before it is said: a tab that dies in between reveals what it promised.
  await put(context, REVEAL_ID, situation.epoch, revealEndMs(genesis, situation.epoch), pending);
  await context.log.append("commit", {
    epoch: situation.epoch,
    commitment: commitmentOf(identity.nodeId, pending.bundleCid, pending.saltHex),
    bondWei: situation.head.state.parameters.commitBondWei,
  });
  context.events.info(situation.epoch, "commit", "Committed to the delta; nobody can see or copy it yet");
  return true;
}

const revealEndMs = (genesis: Genesis, epoch: number): number => phaseWindow(genesis, epoch, "reveal").endMs;

/** How many stakes this epoch lacks for a full committee beside the author. */
function missingValidators(situation: Situation): number {
  const { committeeSize, minimumStakeWei } = situation.head.state.parameters;
  const { entries } = situation.registry.registry;
  return committeeSize + 1 - entries.filter(({ stakeWei }) => stakeWei >= minimumStakeWei).length;
}

async function reveal(
  context: DutyContext,
  situation: Situation,
  pending: PendingSubmission,
): Promise<boolean> {
  const { identity } = context.dependencies;
  const committed = await own(context, situation.epoch, "commit");
  if (committed === undefined) return true;
  if ((await own(context, situation.epoch, "submission")) !== undefined) return true;
  // What fines and fees have left of it: who claims more than that is refused.
  const entry = stakedEntry(situation.head.state, situation.registry.registry, identity.nodeId);
  await context.log.append("submission", {
    epoch: situation.epoch,
    baseModelVersion: pending.baseModelVersion,
    deltaCid: pending.bundleCid,
    deltaType: pending.deltaType ?? "adapter",
    reportedMetrics: pending.reported,
    confidencePpm: CONFIDENCE_PPM,
    salt: pending.saltHex,
    stakeWei: entry?.stakeWei ?? 0n,
    proof: null,
  });
  context.events.info(
    situation.epoch,
    "reveal",
    `Revealed the delta ${pending.bundleCid.slice(0, 16)}…, utility ${pending.reported.utilityPpm} ppm`,
  );
  return true;
}

async function own(
  context: DutyContext,
  epoch: number,
  kind: "commit" | "submission",
): Promise<Cid | undefined> {
  const messages = await context.log.ofEpoch(epoch, kind);
  return messages.find(({ envelope }) => envelope.author === context.dependencies.identity.nodeId)?.cid;
}
