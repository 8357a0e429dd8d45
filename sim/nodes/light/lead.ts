import { isSettlementDue } from "../../../src/core/disputes/due.ts";
import { phaseAt, phaseWindow } from "../../../src/core/epoch/clock.ts";
import { collect, type HeldMessage } from "../../../src/core/epoch/inclusion.ts";
import type { Kind } from "../../../src/core/messages/kinds.ts";
import type { Message } from "../../../src/core/messages/message.ts";
import { inSetOrder } from "../../../src/core/messages/message-set/schema.ts";
import type { Metrics } from "../../../src/core/primitives.ts";
import { modelOf } from "../../adapters/model/models.ts";
import { artifactsFor } from "./blocks.ts";
import type { LightContext } from "./context.ts";

/** How often a leader looks whether all committees have answered. */
const LOOK_AGAIN_MS = 500;
/** Of these alone nothing follows. */
const IDLE: ReadonlySet<Kind> = new Set(["commit", "attestation", "held-out-reveal"]);
const NEVER_MEMBERS: ReadonlySet<Kind> = new Set(["message-set", "epoch-vote"]);

/** Plans this node's rounds in the sign phase that begins. */
export function planLeading(context: LightContext, epoch: number): void {
  const { genesis, work } = context.surroundings;
  const { nodeId } = context.plan.identity;
  const { startMs, endMs } = phaseWindow(genesis, epoch, "sign");
  const { leaderTimeoutMs } = genesis.parameters;
  const leaders = work.leaders(context.contextOf(epoch));
  if (leaders.length === 0) return;
  for (let round = 0; startMs + round * leaderTimeoutMs < endMs; round++) {
    if (leaders[round % leaders.length] !== nodeId) continue;
    const roundStartMs = startMs + round * leaderTimeoutMs;
    const delayMs = Math.max(0, roundStartMs - context.clock.nowMs());
    context.later(delayMs, () => lead(context, epoch, round, roundStartMs));
  }
}

/** Proposes when all committees have answered, or half of the leader's time is over. */
function lead(context: LightContext, epoch: number, round: number, roundStartMs: number): void {
  const { genesis } = context.surroundings;
  const now = phaseAt(genesis, context.clock.nowMs());
  if (now?.epoch !== epoch || now.phase !== "sign" || context.head.state.epoch >= epoch) return;
  // A set that this node did not sign keeps nobody from proposing a better one.
  if (context.signedEpoch >= epoch) return;
  const { leaderTimeoutMs } = genesis.parameters;
  const waitedMs = context.clock.nowMs() - roundStartMs;
  if (waitedMs >= leaderTimeoutMs) return;
  const candidate = collectCandidate(context, epoch);
  if (candidate === undefined) return;
  if (waitedMs < leaderTimeoutMs / 2 && !isComplete(context, epoch, candidate)) {
    context.later(LOOK_AGAIN_MS, () => lead(context, epoch, round, roundStartMs));
    return;
  }
  const registry = context.registryAt(epoch);
  const measured = measureAggregate(context, epoch, candidate);
  if (measured === undefined) return;
  context.say("message-set", {
    epoch,
    round,
    previousRoot: context.head.root,
    registry,
    messages: inSetOrder(candidate.map(({ cid }) => cid)),
    aggregateMetrics: measured.aggregateMetrics,
    clusterMetrics: [],
  });
}

/** The messages that this node would put into the epoch's set; undefined when there is nothing to close. */
export function collectCandidate(context: LightContext, epoch: number): readonly Message[] | undefined {
  const epochContext = context.contextOf(epoch);
  const messages = collect(
    epochContext,
    heldFor(context, epoch).map(({ message }) => message),
  );
  const hasWork = messages.some(({ kind }) => !IDLE.has(kind)) || isSettlementDue(epochContext);
  return hasWork ? messages : undefined;
}

/** All that is held and could be in an epoch's set, with when it came. */
export function heldFor(context: LightContext, epoch: number): HeldMessage[] {
  const dated = [...context.log.kindsOf(epoch)]
    .filter((kind) => !NEVER_MEMBERS.has(kind))
    .flatMap((kind) => context.log.ofEpoch(epoch, kind));
  return [...dated, ...context.log.undated()].flatMap(({ packet: { message }, atMs }) =>
    message === undefined || context.taken.has(message.cid) ? [] : [{ message, receivedAtMs: atMs }],
  );
}

function isComplete(context: LightContext, epoch: number, candidate: readonly Message[]): boolean {
  const { work } = context.surroundings;
  const epochContext = context.contextOf(epoch);
  const attested = new Set(
    candidate.flatMap((message) =>
      message.kind === "attestation"
        ? [`${message.envelope.body.submission} ${message.envelope.author}`]
        : [],
    ),
  );
  return candidate.every(
    (message) =>
      message.kind !== "submission" ||
      work
        .drawn(epochContext, message.envelope.author)
        .committee.every((validator) => attested.has(`${message.cid} ${validator}`)),
  );
}

/** What these messages lead to, on the benchmark. Undefined when a block is out of reach. */
export function measureAggregate(
  context: LightContext,
  epoch: number,
  messages: readonly Message[],
): { readonly aggregateMetrics: Metrics | null } | undefined {
  const { work, genesis } = context.surroundings;
  const input = {
    epoch,
    registry: context.registryAt(epoch),
    messages,
    artifacts: artifactsFor(context, messages),
  };
  try {
    const { adapter } = work.aggregate(context.head.state, input);
    const aggregateMetrics = adapter === null ? null : modelOf(genesis).measure(adapter).metrics;
    return { aggregateMetrics };
  } catch {
    return undefined;
  }
}
