import { drawAuditors } from "../../../core/disputes/audits.ts";
import { contradicts } from "../../../core/disputes/finding.ts";
import { epochEndMs } from "../../../core/epoch/clock.ts";
import { type EpochContext, epochContext } from "../../../core/epoch/context.ts";
import type { Cid } from "../../../core/primitives.ts";
import type { VerdictRecord } from "../../../core/state.ts";
import { epochToSayIn, type MeasuredAgain, measureAgain, recall } from "./measure-again.ts";
import type { DutyContext, Situation } from "./situation.ts";
import { recallTraining, trainAgain } from "./train-again.ts";

/** Of the duty. */
export const KIND = "audit";

/** Why this node looks at a verdict again. */
type Cause = "auditor" | "outvoted" | "author";

/**
 * Looks again at verdicts that this node was drawn to audit, that its own run of the benchmark spoke against, or that blamed it;
 * and disputes what it finds wrong, when its stake allows the bond. Not in the sign phase: the epoch's messages are fixed then.
 */
export async function disputeVerdicts(context: DutyContext, situation: Situation): Promise<void> {
  if (situation.phase === "sign" || situation.head.state.verdicts.size === 0) return;
  for (const { submission, record, cause } of await causesOf(context, situation)) {
    if (isDone(context, submission, record, cause)) continue;
    if (await hasDisputed(context, situation, submission, record)) continue;
    context.tasks.once(
      `${KIND} ${submission} ${situation.epoch}`,
      () => lookAgain(context, submission, record, cause),
      (thrown) => context.events.bad(situation.epoch, "audit", "An audit could not be finished yet", thrown),
      {
        kind: "audit",
        title: `Audit of the verdict on ${record.author.slice(0, 8)}'s delta`,
        deadlineMs: epochEndMs(context.dependencies.genesis, lastEpochOf(context, record)),
        handBack: async (thrown) => {
          context.events.bad(situation.epoch, "audit", "An audit is left for later", thrown);
          await context.dependencies.store.deleteDuty(`${KIND} ${submission}`);
        },
      },
    );
  }
}

interface Concern {
  readonly submission: Cid;
  readonly record: VerdictRecord;
  readonly cause: Cause;
}

/** Found once a state and epoch: a tick comes every second, and there may be thousands of verdicts. */
const concerns = new WeakMap<DutyContext, { readonly key: string; readonly found: readonly Concern[] }>();

async function causesOf(context: DutyContext, situation: Situation): Promise<readonly Concern[]> {
  const { head, registry, epoch } = situation;
  const key = `${head.root} ${epoch} ${registry.registry.blockHash}`;
  const known = concerns.get(context);
  if (known?.key === key) return known.found;
  const found = await findCauses(context, situation);
  concerns.set(context, { key, found });
  return found;
}

async function findCauses(context: DutyContext, situation: Situation): Promise<readonly Concern[]> {
  const { genesis } = context.dependencies;
  const { state } = situation.head;
  const epoch = epochContext(genesis, state, situation.registry.registry, situation.epoch);
  const auditors = drawAuditors(epoch);
  const found: Concern[] = [];
  for (const [submission, record] of state.verdicts) {
    if (!isOpen(situation, submission, record)) continue;
    const isAuditor = isDrawn(context, record, auditors.get(submission));
    const cause = isAuditor ? "auditor" : await ownCause(context, submission, record);
    if (cause === undefined || (cause !== "auditor" && !canBond(context, epoch))) continue;
    found.push({ submission, record, cause });
  }
  return found;
}

function isOpen({ epoch, head }: Situation, submission: Cid, record: VerdictRecord): boolean {
  const { parameters, disputes } = head.state;
  const isTaken = [...disputes.values()].some(
    (dispute) => dispute.submission === submission && dispute.status !== "expired",
  );
  return epoch > record.epoch && epoch <= record.epoch + parameters.challengeEpochs && !isTaken;
}

function isDrawn(
  { dependencies }: DutyContext,
  { auditor }: VerdictRecord,
  drawnNow: string | undefined,
): boolean {
  return (auditor ?? drawnNow) === dependencies.identity.nodeId;
}

async function ownCause(
  context: DutyContext,
  submission: Cid,
  record: VerdictRecord,
): Promise<Cause | undefined> {
  const { nodeId } = context.dependencies.identity;
  if (record.author === nodeId) return contradicts(record, record.reportedMetrics) ? "author" : undefined;
  if (record.right.includes(nodeId)) return undefined;
  const attestations = await context.log.ofEpoch(record.epoch, "attestation");
  const own = attestations.find(
    ({ envelope }) => envelope.author === nodeId && envelope.body.submission === submission,
  );
  const found = own?.envelope.body.metrics ?? null;
  return found !== null && contradicts(record, found) ? "outvoted" : undefined;
}

/** A dispute of this node that no closed epoch has looked at yet. */
async function hasDisputed(
  context: DutyContext,
  { epoch, head }: Situation,
  submission: Cid,
  record: VerdictRecord,
): Promise<boolean> {
  const { nodeId } = context.dependencies.identity;
  for (let at = Math.max(record.epoch, head.state.epoch) + 1; at <= epoch; at++) {
    const disputes = await context.log.ofEpoch(at, "dispute");
    const isOwn = disputes.some(
      ({ envelope }) => envelope.author === nodeId && envelope.body.submission === submission,
    );
    if (isOwn) return true;
  }
  return false;
}

function canBond({ dependencies }: DutyContext, { staked, parameters }: EpochContext): boolean {
  const entry = staked.get(dependencies.identity.nodeId);
  return entry !== undefined && entry.stakeWei >= parameters.disputeBondWei;
}

/** In which the verdict may still be disputed. */
function lastEpochOf({ ledger }: DutyContext, record: VerdictRecord): number {
  return record.epoch + ledger.head.value.state.parameters.challengeEpochs;
}

/** False: to be asked again. */
async function lookAgain(
  context: DutyContext,
  submission: Cid,
  record: VerdictRecord,
  cause: Cause,
): Promise<boolean> {
  const { store, genesis } = context.dependencies;
  const lastEpoch = lastEpochOf(context, record);
  const id = `${KIND} ${submission}`;
  const deadlineMs = epochEndMs(genesis, lastEpoch);
  await store.putDuty({ id, kind: KIND, epoch: lastEpoch, deadlineMs, detail: new Uint8Array() });
  const name = record.author.slice(0, 8);
  if (cause === "auditor") {
    context.events.info(record.epoch, "audit", `Drawn to audit the verdict on ${name}'s delta`);
  }
  const found = await measureAgain(context, submission, record);
  if (found === undefined) return false;
  if (cause === "auditor" && record.passed && !contradicts(record, found.metrics)) {
    await trainAgain(context, submission, record);
  }
  const epoch = epochToSayIn(context);
  if (epoch === undefined) return false;
  if (isWrong(context, submission, record, found) && epoch <= lastEpoch) {
    await dispute(context, submission, record, cause, found, epoch);
  } else context.events.good(epoch, "audit", `The verdict on ${name}'s delta is right`);
  await store.deleteDuty(id);
  return true;
}

/** This node has looked, and the verdict is right. */
function isDone(context: DutyContext, submission: Cid, record: VerdictRecord, cause: Cause): boolean {
  const known = recall(context, submission);
  if (known === undefined || isWrong(context, submission, record, known)) return false;
  return cause !== "auditor" || !record.passed || recallTraining(context, submission) !== undefined;
}

/** By its figures, or because training again does not give it: only an auditor has trained again. */
function isWrong(
  context: DutyContext,
  submission: Cid,
  record: VerdictRecord,
  found: MeasuredAgain,
): boolean {
  return contradicts(record, found.metrics) || recallTraining(context, submission) === "differs";
}

async function dispute(
  context: DutyContext,
  submission: Cid,
  { deltaCid, author }: VerdictRecord,
  cause: Cause,
  { metrics, workDigest }: MeasuredAgain,
  epoch: number,
): Promise<void> {
  const { disputeBondWei } = context.ledger.head.value.state.parameters;
  const bondWei = cause === "auditor" ? 0n : disputeBondWei;
  await context.log.append("dispute", { epoch, submission, deltaCid, metrics, workDigest, bondWei });
  const measured = metrics === null ? "it cannot be measured" : `loss ${metrics.lossMicroNats} micro-nats`;
  context.events.good(epoch, "dispute", `Disputed the verdict on ${author.slice(0, 8)}'s delta: ${measured}`);
}
