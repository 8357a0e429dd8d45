import { isSettlementDue } from "../../../core/disputes/due.ts";
import { epochEndMs } from "../../../core/epoch/clock.ts";
import { epochContext } from "../../../core/epoch/context.ts";
import { collect } from "../../../core/epoch/inclusion.ts";
import type { Kind } from "../../../core/messages/kinds.ts";
import type { Message } from "../../../core/messages/message.ts";
import type { DutyContext, Situation } from "./situation.ts";

/** The messages that this node would put into the epoch's set, or undefined when there is nothing to close. */
export async function collectCandidate(
  context: DutyContext,
  situation: Situation,
): Promise<readonly Message[] | undefined> {
  const { genesis } = context.dependencies;
  const { registry } = situation.registry;
  const epoch = epochContext(genesis, situation.head.state, registry, situation.epoch);
  const held = await context.log.heldFor(situation.epoch);
  const messages = collect(
    epoch,
    held.map(({ message }) => message),
  );
  const isWorthClosing = messages.some(({ kind }) => !IDLE.has(kind)) || isSettlementDue(epoch);
  return isWorthClosing || hasTally(context, situation) ? messages : undefined;
}

/** Of these alone nothing follows. */
const IDLE: ReadonlySet<Kind> = new Set(["commit", "attestation", "held-out-reveal"]);

/** A vote whose time is over is counted in the next epoch that closes, even when nothing else happened. */
function hasTally(context: DutyContext, situation: Situation): boolean {
  const endMs = epochEndMs(context.dependencies.genesis, situation.epoch);
  return [...situation.head.state.proposals.values()].some(
    (proposal) => proposal.status === "open" && proposal.closesAtMs <= endMs,
  );
}
