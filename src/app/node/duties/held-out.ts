/** The keeper's duty: promise held-out tasks in one epoch, show them in a later one, so that nobody could train on them. */
import { bytesToHex } from "@noble/hashes/utils.js";
import { encodeHeldOut, type HeldOutPair } from "../../../core/artifacts/held-out.ts";
import { cidOf } from "../../../core/codec/dag-cbor.ts";
import { stakedEntry } from "../../../core/epoch/context.ts";
import { revealWindow } from "../../../core/epoch/timing.ts";
import { failure } from "../../../core/errors.ts";
import { LIMITS } from "../../../core/limits.ts";
import { heldOutCommitmentOf } from "../../../core/messages/held-out-commit/schema.ts";
import type { Cid, Hash } from "../../../core/primitives.ts";
import type { State } from "../../../core/state.ts";
import { NETWORK_VALUE_PREFIX } from "../../../ports/store.ts";
import type { DutyContext, Situation } from "./situation.ts";

const KEY = `${NETWORK_VALUE_PREFIX}held-out`;

/** A list of tasks that waits for its turn, or has been shown in an epoch that is not closed yet. */
interface KeptTasks {
  readonly pairs: readonly HeldOutPair[];
  readonly saltHex: string;
  readonly shownInEpoch?: number;
}

/** A list that is kept already is kept once. Errors: not-keeper, held-out-pairs. */
export async function keepTasks(
  context: DutyContext,
  state: State,
  pairs: readonly HeldOutPair[],
): Promise<void> {
  const { identity, random } = context.dependencies;
  const { heldOutKeeper } = state.parameters;
  if (heldOutKeeper !== identity.nodeId) {
    const message = "Only the node that governance named keeps held-out tasks.";
    throw failure("not-keeper", message, heldOutKeeper ?? "nobody", identity.nodeId);
  }
  const own = pairs.map(({ prompt, answer }) => ({ prompt, answer }));
  if (!isList(own)) {
    const expected = `1 to ${LIMITS.heldOutPairs} pairs of prompt and answer`;
    throw failure("held-out-pairs", "These are no held-out tasks.", expected, `${pairs.length} pairs`);
  }
  const kept = await readKept(context);
  // Who does not know whether it was heard says it again.
  if (kept.some((tasks) => tasksCid(tasks.pairs) === tasksCid(own))) return;
  await writeKept(context, [...kept, { pairs: own, saltHex: bytesToHex(random.bytes(LIMITS.saltBytes)) }]);
}

function isList(pairs: readonly HeldOutPair[]): boolean {
  try {
    return encodeHeldOut({ version: 1, pairs }).length <= LIMITS.heldOutBytes;
  } catch {
    return false;
  }
}

/** Commits to the next list while none is promised, and shows the promised one when there is something to judge by it. */
export async function showHeldOut(context: DutyContext, situation: Situation): Promise<void> {
  const { identity } = context.dependencies;
  if (situation.head.state.parameters.heldOutKeeper !== identity.nodeId) return;
  const act = { commit, verify: reveal, reveal: undefined, sign: undefined }[situation.phase];
  if (act === undefined || !situation.isValidator) return;
  context.tasks.once(
    `held-out ${situation.phase} ${situation.epoch}`,
    () => act(context, situation),
    (thrown) =>
      context.events.bad(situation.epoch, situation.phase, "The held-out tasks could not be sent", thrown),
  );
}

async function commit(context: DutyContext, situation: Situation): Promise<boolean> {
  const { epoch, head } = situation;
  if (await hasSaid(context, epoch, "held-out-commit")) return true;
  const promised = head.state.heldOut?.commitment;
  const isOver = ({ shownInEpoch }: KeptTasks) =>
    shownInEpoch !== undefined && shownInEpoch <= head.state.epoch;
  const kept = (await readKept(context)).filter((tasks) => !isOver(tasks));
  await writeKept(context, kept);
  // Tasks that were shown in an epoch which never closed are known to everybody: others take their place.
  const isWaiting = kept.some(
    (tasks) => commitmentOf(context, tasks) === promised && tasks.shownInEpoch === undefined,
  );
  const next = kept.find(({ shownInEpoch }) => shownInEpoch === undefined);
  if (isWaiting || next === undefined) return true;
  await context.log.append("held-out-commit", { epoch, commitment: commitmentOf(context, next) });
  context.events.info(epoch, "commit", `Promised ${next.pairs.length} held-out tasks for a later epoch`);
  return true;
}

/** Not done while nothing has been submitted: tasks that judge nobody stay secret. */
async function reveal(context: DutyContext, situation: Situation): Promise<boolean> {
  const { epoch, head, registry } = situation;
  const { genesis, artifacts } = context.dependencies;
  if (situation.nowMs >= revealWindow(genesis, epoch).endMs) return true;
  if (await hasSaid(context, epoch, "held-out-reveal")) return true;
  const kept = await readKept(context);
  const promised = kept.find((tasks) => commitmentOf(context, tasks) === head.state.heldOut?.commitment);
  if (promised === undefined) return true;
  const isReplaced = await hasSaid(context, epoch, "held-out-commit");
  if (promised.shownInEpoch !== undefined && promised.shownInEpoch < epoch && isReplaced) return true;
  const submissions = await context.log.ofEpoch(epoch, "submission");
  const isDue = submissions.some(
    ({ envelope }) => stakedEntry(head.state, registry.registry, envelope.author) !== undefined,
  );
  if (!isDue) return false;
  const tasks = await artifacts.put(encodeHeldOut({ version: 1, pairs: promised.pairs }));
  // Noted before they are out: a tab that dies in between must not promise tasks again that somebody has seen.
  await writeKept(
    context,
    kept.map((one) => (one === promised ? { ...one, shownInEpoch: epoch } : one)),
  );
  await context.log.append("held-out-reveal", { epoch, tasks, salt: promised.saltHex });
  context.events.info(epoch, "reveal", `Showed ${promised.pairs.length} held-out tasks to the committees`);
  return true;
}

function commitmentOf({ dependencies }: DutyContext, { pairs, saltHex }: KeptTasks): Hash {
  return heldOutCommitmentOf(dependencies.identity.nodeId, tasksCid(pairs), saltHex);
}

function tasksCid(pairs: readonly HeldOutPair[]): Cid {
  return cidOf(encodeHeldOut({ version: 1, pairs }));
}

async function hasSaid(
  context: DutyContext,
  epoch: number,
  kind: "held-out-commit" | "held-out-reveal",
): Promise<boolean> {
  const said = await context.log.ofEpoch(epoch, kind);
  return said.some(({ envelope }) => envelope.author === context.dependencies.identity.nodeId);
}

async function readKept({ dependencies }: DutyContext): Promise<readonly KeptTasks[]> {
  const bytes = await dependencies.store.getValue(KEY);
  return bytes === undefined ? [] : JSON.parse(new TextDecoder().decode(bytes));
}

async function writeKept({ dependencies }: DutyContext, kept: readonly KeptTasks[]): Promise<void> {
  const bytes = kept.length === 0 ? undefined : new TextEncoder().encode(JSON.stringify(kept));
  await dependencies.store.setValue(KEY, bytes);
}
