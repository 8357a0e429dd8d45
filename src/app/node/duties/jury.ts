import { contradicts } from "../../../core/disputes/finding.ts";
import { juryOf } from "../../../core/disputes/jury.ts";
import { phaseWindow } from "../../../core/epoch/clock.ts";
import { type EpochContext, epochContext } from "../../../core/epoch/context.ts";
import { failure } from "../../../core/errors.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { DisputeState, RulingChoice, VerdictRecord } from "../../../core/state.ts";
import { KIND as AUDIT } from "./dispute.ts";
import { epochToSayIn, type MeasuredAgain, measureAgain } from "./measure-again.ts";
import type { DutyContext, Situation } from "./situation.ts";
import { trainAgain } from "./train-again.ts";

const KIND = "jury";

/**
 * Jury work: for each dispute whose jury has drawn this node, run the benchmark again and say what was found. Never in the
 * sign phase, when the epoch's messages are fixed: a jury has several epochs.
 */
export async function serveOnJuries(context: DutyContext, situation: Situation): Promise<void> {
  const { state } = situation.head;
  if (situation.phase === "sign") return;
  const open = [...state.disputes].filter(([, { status }]) => status === "open");
  if (open.length === 0) return;
  const { genesis, identity } = context.dependencies;
  const epoch = epochContext(genesis, state, situation.registry.registry, situation.epoch);
  for (const [cid, dispute] of open) {
    const record = state.verdicts.get(dispute.submission);
    const isCalled = juryOf(epoch, cid).includes(identity.nodeId) && !dispute.rulings.has(identity.nodeId);
    const isOver = dispute.jury.length > 0 && situation.epoch > dispute.closesInEpoch;
    if (record === undefined || !isCalled || isOver || (await hasRuled(context, situation, cid))) continue;
    context.tasks.once(
      `${dutyIdOf(cid, dispute)} ${situation.epoch}`,
      () => serve(context, epoch, cid, dispute, record),
      (thrown) =>
        context.events.bad(situation.epoch, "ruling", "A jury's work could not be finished yet", thrown),
      {
        kind: "jury",
        title: `Jury over the verdict on ${record.author.slice(0, 8)}'s delta`,
        deadlineMs: deadlineOf(context, epoch, dispute).deadlineMs,
        handBack: async (thrown) => {
          context.events.bad(situation.epoch, "ruling", "Jury work is left for later", thrown);
          await context.dependencies.store.deleteDuty(dutyIdOf(cid, dispute));
        },
      },
    );
  }
}

/** Audits and jury work that were taken on and whose time is over go back; a juror's absence counts as missed. */
export async function handBackRulings(context: DutyContext, { nowMs, head }: Situation): Promise<void> {
  const { store } = context.dependencies;
  for (const { id, kind, epoch, deadlineMs } of await store.listDuties()) {
    if (kind !== KIND && kind !== AUDIT) continue;
    const isOver = deadlineMs <= nowMs;
    const about = id.split(" ")[1] ?? "";
    const dispute = head.state.disputes.get(about);
    const isOpen = dispute?.status === "open" && id === dutyIdOf(about, dispute);
    if (kind === KIND && isOpen && isOver) {
      const missed = failure(
        "duty-missed",
        "The jury's time was over before it could be finished",
        undefined,
        about,
      );
      context.events.bad(epoch, "ruling", "Jury work is handed back", missed);
    }
    if (isOver || (kind === KIND && !isOpen)) await store.deleteDuty(id);
  }
}

const dutyIdOf = (dispute: Cid, { stage }: DisputeState): string => `${KIND} ${dispute} ${stage}`;

/** A ruling of this node that no closed epoch has looked at yet. */
async function hasRuled(context: DutyContext, { epoch, head }: Situation, dispute: Cid): Promise<boolean> {
  const { nodeId } = context.dependencies.identity;
  const opened = head.state.disputes.get(dispute)?.openedInEpoch ?? epoch;
  for (let at = Math.max(opened, head.state.epoch) + 1; at <= epoch; at++) {
    const rulings = await context.log.ofEpoch(at, "ruling");
    if (rulings.some(({ envelope }) => envelope.author === nodeId && envelope.body.dispute === dispute))
      return true;
  }
  return false;
}

function deadlineOf({ dependencies }: DutyContext, drawnIn: EpochContext, dispute: DisputeState) {
  const lastEpoch =
    dispute.jury.length > 0 ? dispute.closesInEpoch : drawnIn.epoch - 1 + drawnIn.parameters.rulingEpochs;
  return { lastEpoch, deadlineMs: phaseWindow(dependencies.genesis, lastEpoch, "verify").endMs };
}

/** False: to be asked again. */
async function serve(
  context: DutyContext,
  drawnIn: EpochContext,
  cid: Cid,
  dispute: DisputeState,
  record: VerdictRecord,
): Promise<boolean> {
  const { store } = context.dependencies;
  const id = dutyIdOf(cid, dispute);
  const { lastEpoch, deadlineMs } = deadlineOf(context, drawnIn, dispute);
  const isResumed = (await store.listDuties()).some((duty) => duty.id === id);
  await store.putDuty({ id, kind: KIND, epoch: lastEpoch, deadlineMs, detail: new Uint8Array() });
  const name = record.author.slice(0, 8);
  const drawn = isResumed ? "Going on as a juror over" : "Drawn as a juror over";
  context.events.info(drawnIn.epoch, "ruling", `${drawn} the verdict on ${name}'s delta`);
  const found = await measureAgain(context, dispute.submission, record);
  const ruling = await rulingOn(context, dispute, record, found);
  const epoch = epochToSayIn(context);
  if (epoch === undefined || epoch > lastEpoch) return true;
  // Who could not look asks for more eyes only when there is no more time: a bundle may still come.
  if (found === undefined && epoch < lastEpoch) {
    throw failure("bundle-unavailable", "Nobody could deliver what is disputed", record.deltaCid);
  }
  const { metrics, workDigest } = found ?? { metrics: null, workDigest: null };
  await context.log.append("ruling", { epoch, dispute: cid, ruling, metrics, workDigest });
  await store.deleteDuty(id);
  context.events.good(epoch, "ruling", `Ruled on the verdict on ${name}'s delta: ${ruling}`);
  return true;
}

/**
 * The second stage trains again, too, a delta that measures right. Where training is what the dispute is about, who cannot do that
 * says so.
 */
async function rulingOn(
  context: DutyContext,
  dispute: DisputeState,
  record: VerdictRecord,
  found: MeasuredAgain | undefined,
): Promise<RulingChoice> {
  if (found === undefined) return "audit";
  if (contradicts(record, found.metrics)) return "overturn";
  if (dispute.stage === 1 || !record.passed) return "uphold";
  const trained = await trainAgain(context, dispute.submission, record);
  if (trained === "differs") return "overturn";
  const isAboutTraining = !contradicts(record, dispute.metrics);
  return trained === "cannot-tell" && isAboutTraining ? "audit" : "uphold";
}
