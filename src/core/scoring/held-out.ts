/**
 * Held-out tasks: their keeper, whom governance names, commits to them in one epoch and shows them in a later one, when no
 * submission can be changed any more. Nobody can train on what it is judged by.
 */
import type { EpochContext } from "../epoch/context.ts";
import { type EpochMembers, type RefusedMessage, refusal } from "../epoch/members.ts";
import type { ConductRecord } from "../epoch/reputation.ts";
import { utilityPpm } from "../epoch/utility.ts";
import { type ErrorData, ignore, reject } from "../errors.ts";
import { mulDiv } from "../fixed-point/integers.ts";
import type { HeldOutResult } from "../messages/attestation/schema.ts";
import { heldOutCommitmentOf } from "../messages/held-out-commit/schema.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { Cid, ReportedMetrics } from "../primitives.ts";
import type { HeldOutCommitment, State } from "../state.ts";

const PPM = 1_000_000;

/** CID of the tasks that judge this epoch's submissions: those that the keeper committed to before it, shown in it. */
export function revealedTasks(context: EpochContext, members: EpochMembers): Cid | undefined {
  const { heldOutKeeper } = context.parameters;
  const reveal = heldOutKeeper === null ? undefined : members.heldOutReveals.get(heldOutKeeper);
  return reveal === undefined || checkReveal(context, reveal) !== undefined
    ? undefined
    : reveal.envelope.body.tasks;
}

/** Codes: not-keeper, held-out-unknown (IGNORE: nothing was committed before), held-out-mismatch (REJECT). */
export function checkReveal(
  { state, parameters }: Pick<EpochContext, "state" | "parameters">,
  { envelope }: TypedMessage<"held-out-reveal">,
): ErrorData | undefined {
  if (envelope.author !== parameters.heldOutKeeper) return notKeeper();
  if (state.heldOut === null) {
    return ignore("held-out-unknown", "No tasks were committed to before this epoch").data;
  }
  const { tasks, salt } = envelope.body;
  const received = heldOutCommitmentOf(envelope.author, tasks, salt);
  const { commitment } = state.heldOut;
  if (received === commitment) return undefined;
  return reject("held-out-mismatch", "These are not the tasks that were committed to", commitment, received)
    .data;
}

/**
 * The keeper's promise after this epoch. A new commitment takes the place of the last. A promise is due in the first epoch that
 * has a submission of somebody who takes part; it is over when the tasks were shown, and it lapses (conduct: missed) when
 * they were not, unless the same epoch brought another one.
 */
export function nextHeldOut(
  context: EpochContext,
  members: EpochMembers,
  conduct: ConductRecord,
): { readonly heldOut: HeldOutCommitment | null; readonly refused: readonly RefusedMessage[] } {
  const { state, epoch, staked, parameters } = context;
  const keeper = parameters.heldOutKeeper;
  const commit = keeper === null ? undefined : members.heldOutCommits.get(keeper);
  const isShown = revealedTasks(context, members) !== undefined;
  const isDue = members.submissions.some(({ envelope }) => staked.has(envelope.author));
  const isMissed = state.heldOut !== null && isDue && !isShown && commit === undefined;
  if (isMissed && keeper !== null && staked.has(keeper)) conduct.add(keeper, "missed");
  const left = isShown || isDue ? null : state.heldOut;
  return {
    heldOut: commit === undefined ? left : { commitment: commit.envelope.body.commitment, epoch },
    refused: refusals(context, members),
  };
}

function refusals(context: EpochContext, members: EpochMembers): RefusedMessage[] {
  const foreign = [...members.heldOutCommits.values()]
    .filter(({ envelope }) => envelope.author !== context.parameters.heldOutKeeper)
    .map((message) => refusal(message, notKeeper()));
  const reveals = [...members.heldOutReveals.values()].flatMap((message) => {
    const error = checkReveal(context, message);
    return error === undefined ? [] : [refusal(message, error)];
  });
  return [...foreign, ...reveals];
}

/** u_obs: the public benchmark's utility, with the held-out tasks' when they were shown and agreed on; ppm, rounded down. */
export function observedUtilityPpm(
  state: State,
  metrics: ReportedMetrics,
  heldOut: HeldOutResult | null,
): number {
  const publicPpm = utilityPpm(state.modelMetrics, metrics);
  if (heldOut === null) return publicPpm;
  const { heldOutSharePpm } = state.parameters;
  const before = { lossMicroNats: heldOut.lossBeforeMicroNats };
  const heldOutPpm = utilityPpm(before, { lossMicroNats: heldOut.lossMicroNats });
  return mulDiv((PPM - heldOutSharePpm) * publicPpm + heldOutSharePpm * heldOutPpm, 1, PPM);
}

/** held-out-worse (IGNORE): its share of the held-out loss got worse by more than that of the public loss got better. */
export function checkHeldOut(
  state: State,
  metrics: ReportedMetrics,
  heldOut: HeldOutResult | null,
): ErrorData | undefined {
  if (heldOut === null) return undefined;
  const publicBefore = state.modelMetrics.lossMicroNats;
  const gained = BigInt(publicBefore - metrics.lossMicroNats) * BigInt(heldOut.lossBeforeMicroNats);
  const lost = BigInt(heldOut.lossMicroNats - heldOut.lossBeforeMicroNats) * BigInt(publicBefore);
  if (lost <= 0n || lost <= gained) return undefined;
  return ignore(
    "held-out-worse",
    "It makes the held-out tasks worse by more than it makes the benchmark better",
    `at most ${heldOut.lossBeforeMicroNats} and the public gain`,
    `${heldOut.lossMicroNats}`,
  ).data;
}

function notKeeper(): ErrorData {
  return ignore("not-keeper", "Only the network's keeper has held-out tasks").data;
}
