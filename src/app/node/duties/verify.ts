import { epochEndMs } from "../../../core/epoch/clock.ts";
import type { Drawn } from "../../../core/epoch/committee.ts";
import { isReservesTurn } from "../../../core/epoch/panel.ts";
import { revealWindow } from "../../../core/epoch/timing.ts";
import { failure } from "../../../core/errors.ts";
import type { Message, TypedMessage } from "../../../core/messages/message.ts";
import type { Cid } from "../../../core/primitives.ts";
import { checkReveal } from "../../../core/scoring/held-out.ts";
import { contextOf, validatorsOf } from "./epoch-contexts.ts";
import { examine, type Submission } from "./examine.ts";
import type { DutyContext, Situation } from "./situation.ts";

const KIND = "verify";

/**
 * Committee work: for each submission that drew this node, fetch the bundle, run the benchmark, say what was found. A reserve
 * does the same when a member of the committee has not answered by the middle of the phase.
 */
export async function verifySubmissions(context: DutyContext, situation: Situation): Promise<void> {
  if (situation.phase !== "verify") return;
  const { genesis, identity } = context.dependencies;
  const { isFinal } = situation.registry;
  const submissions = await context.log.ofEpoch(situation.epoch, "submission");
  if (submissions.length === 0) return;
  if (!isFinal) return tellOfFinality(context, situation);
  const tasks = await heldOutTasks(context, situation);
  if (tasks === "awaited") return;
  const epoch = contextOf(genesis, situation);
  const attestations = await context.log.ofEpoch(situation.epoch, "attestation");
  for (const submission of submissions) {
    // No leader has room for who does not take part.
    if (!epoch.staked.has(submission.envelope.author)) continue;
    const drawn = validatorsOf(epoch, submission.envelope.author);
    const said = attestations.filter(({ envelope }) => envelope.body.submission === submission.cid);
    if (said.some(({ envelope }) => envelope.author === identity.nodeId)) continue;
    const isCalled =
      drawn.committee.includes(identity.nodeId) ||
      isReservesTurn(epoch, drawn, said, identity.nodeId, situation.nowMs);
    if (!isCalled) continue;
    context.tasks.once(
      dutyIdOf(submission.cid),
      () => verify(context, situation, submission, drawn, tasks),
      (thrown) => context.events.bad(situation.epoch, "verify", "A check could not be finished yet", thrown),
      {
        kind: "check",
        title: `Check of ${submission.envelope.author.slice(0, 8)}'s delta`,
        deadlineMs: situation.phaseEndMs,
        handBack: (thrown) => handBack(context, situation.epoch, submission.cid, thrown),
      },
    );
  }
}

/** Checks that were taken on and whose phase is over go back: their places are others' now. */
export async function handBackMissed(context: DutyContext, situation: Situation): Promise<void> {
  const { store } = context.dependencies;
  for (const { id, kind, epoch, deadlineMs } of await store.listDuties()) {
    if (kind !== KIND || deadlineMs > situation.nowMs || context.tasks.isRunning(id)) continue;
    const submission = id.slice(dutyIdOf("").length);
    if (!(await hasAttested(context, epoch, submission))) tellOfHandingBack(context, epoch, submission);
    await store.deleteDuty(id);
  }
}

const dutyIdOf = (submission: Cid): string => `${KIND} ${submission}`;

async function hasAttested(context: DutyContext, epoch: number, submission: Cid): Promise<boolean> {
  const { identity } = context.dependencies;
  const attestations = await context.log.ofEpoch(epoch, "attestation");
  return attestations.some(
    ({ envelope }) => envelope.author === identity.nodeId && envelope.body.submission === submission,
  );
}

/** No message says so: that it does not answer by the middle of the phase calls the reserves. */
async function handBack(
  context: DutyContext,
  epoch: number,
  submission: Cid,
  thrown: unknown,
): Promise<void> {
  context.events.bad(epoch, "verify", "A check is handed back", thrown);
  await context.dependencies.store.deleteDuty(dutyIdOf(submission));
}

function tellOfHandingBack(context: DutyContext, epoch: number, submission: Cid): void {
  context.events.bad(
    epoch,
    "verify",
    "A check is handed back",
    failure("duty-missed", "The phase was over before it could be finished", undefined, submission),
  );
}

function tellOfFinality(context: DutyContext, { epoch, registry }: Situation): void {
  context.tasks.once(
    `finality ${epoch}`,
    async () => {
      const { blockNumber } = registry.registry;
      context.events.info(epoch, "verify", `Waiting until block ${blockNumber} of the stakes is final`);
      return true;
    },
    () => undefined,
  );
}

/** The tasks that the keeper showed in time; awaited while there is time, and some were promised. */
async function heldOutTasks(
  context: DutyContext,
  { epoch, head, nowMs }: Situation,
): Promise<Cid | "awaited" | undefined> {
  const { state } = head;
  const { heldOutKeeper } = state.parameters;
  if (state.heldOut === null || heldOutKeeper === null) return undefined;
  const reveals = await context.log.ofEpoch(epoch, "held-out-reveal");
  const shown = reveals.find(
    (reveal) => checkReveal({ state, parameters: state.parameters }, reveal) === undefined,
  );
  if (shown !== undefined) return shown.envelope.body.tasks;
  return nowMs < revealWindow(context.dependencies.genesis, epoch).endMs ? "awaited" : undefined;
}

async function verify(
  context: DutyContext,
  situation: Situation,
  submission: Submission,
  drawn: Drawn,
  tasks: Cid | undefined,
): Promise<boolean> {
  const { store, clock, genesis, identity } = context.dependencies;
  const { epoch } = situation;
  const name = submission.envelope.author.slice(0, 8);
  const id = dutyIdOf(submission.cid);
  const isResumed = (await store.listDuties()).some((duty) => duty.id === id);
  const deadlineMs = situation.phaseEndMs;
  await store.putDuty({ id, kind: KIND, epoch, deadlineMs, detail: new Uint8Array() });
  const drawnAs = drawn.committee.includes(identity.nodeId)
    ? `Drawn to check ${name}'s delta`
    : `Checking ${name}'s delta in the place of a validator that does not answer`;
  context.events.info(epoch, "verify", isResumed ? `Going on with the check of ${name}'s delta` : drawnAs);
  const body = await examine(context, situation, submission, drawn, tasks);
  if (clock.nowMs() >= epochEndMs(genesis, epoch)) {
    tellOfHandingBack(context, epoch, submission.cid);
    await store.deleteDuty(id);
    return true;
  }
  await context.log.append("attestation", body);
  await store.deleteDuty(id);
  const finding = body.pass ? `passed, utility ${body.metrics?.utilityPpm} ppm` : `refused: ${body.reason}`;
  context.events[body.pass ? "good" : "info"](epoch, "attest", `Attested ${name}'s delta: ${finding}`);
  return true;
}

/** Others' digests against what this node knows they must be: a copied attestation shows here. */
export function checkDigest(context: DutyContext, attestation: Message & TypedMessage<"attestation">): void {
  const { author, body } = attestation.envelope;
  const expected = context.expectedDigests.get(`${body.submission} ${author}`);
  if (expected === undefined || body.workDigest === null || body.workDigest === expected) return;
  context.events.bad(
    body.epoch,
    "refuse",
    `${author.slice(0, 8)}'s attestation does not prove the work`,
    failure(
      "work-digest-mismatch",
      "The work digest is not that of this benchmark run",
      expected,
      body.workDigest,
    ),
  );
}
