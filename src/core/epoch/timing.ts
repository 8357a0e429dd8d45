import { type ErrorData, ignore } from "../errors.ts";
import { floorDiv } from "../fixed-point/integers.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Message } from "../messages/message.ts";
import { epochEndMs, epochStartMs, phaseWindow, type Window } from "./clock.ts";

/**
 * Whether a message comes in its time. `atMs` is the clock of the receiver for live gossip, and the message's own
 * timestampMs in catch-up and in the transition. Codes: early, late (both IGNORE: clocks differ, nobody is at fault).
 */
export function checkTiming(genesis: Genesis, message: Message, atMs: number): ErrorData | undefined {
  const { startMs, endMs } = acceptanceWindow(genesis, message);
  if (atMs < startMs - LIMITS.clockSkewMs) {
    return ignore("early", `This ${message.kind} comes too early`, `from ${startMs}`, `${atMs}`).data;
  }
  if (atMs >= endMs + LIMITS.clockSkewMs) {
    return ignore("late", `This ${message.kind} comes too late`, `before ${endMs}`, `${atMs}`).data;
  }
  return undefined;
}

const FOREVER = Number.MAX_SAFE_INTEGER - LIMITS.clockSkewMs;

/** When a message may be sent, without the tolerance for clocks. */
export function acceptanceWindow(genesis: Genesis, message: Message): Window {
  switch (message.kind) {
    case "commit":
      return phaseWindow(genesis, message.envelope.body.epoch, "commit");
    case "submission":
      return phaseWindow(genesis, message.envelope.body.epoch, "reveal");
    case "attestation": {
      // A validator that woke up late may still attest: what the leader leaves out does not count anyway.
      const { epoch } = message.envelope.body;
      return {
        startMs: phaseWindow(genesis, epoch, "verify").startMs,
        endMs: epochEndMs(genesis, epoch),
      };
    }
    case "ruling":
    case "dispute":
    case "receipt":
    case "held-out-commit": {
      const { epoch } = message.envelope.body;
      return { startMs: epochStartMs(genesis, epoch), endMs: epochEndMs(genesis, epoch) };
    }
    case "held-out-reveal":
      // Nobody can change a submission any more, and the committees wait no longer.
      return revealWindow(genesis, message.envelope.body.epoch);
    case "message-set": {
      // No end: an epoch that could not be signed in time is signed later, in order.
      const { epoch, round } = message.envelope.body;
      const { startMs } = phaseWindow(genesis, epoch, "sign");
      return { startMs: startMs + round * genesis.parameters.leaderTimeoutMs, endMs: FOREVER };
    }
    case "epoch-vote":
      return {
        startMs: phaseWindow(genesis, message.envelope.body.epoch, "sign").startMs,
        endMs: FOREVER,
      };
    case "proposal":
    case "ballot":
    case "evidence":
      // Offline voters send late; what counts is the epoch that includes it.
      return { startMs: message.envelope.timestampMs, endMs: FOREVER };
  }
}

/** When the keeper shows held-out tasks: committees wait for them through the first quarter of the verify phase. */
export function revealWindow(genesis: Genesis, epoch: number): Window {
  const { startMs } = phaseWindow(genesis, epoch, "verify");
  return { startMs, endMs: intoVerifyMs(genesis, epoch, 1) };
}

/** From the middle of the verify phase on (by its own clock) a reserve may attest in the place of a silent member. */
export function reservesFromMs(genesis: Genesis, epoch: number, quarters = 2): number {
  return intoVerifyMs(genesis, epoch, quarters);
}

function intoVerifyMs(genesis: Genesis, epoch: number, quarters: number): number {
  const { startMs, endMs } = phaseWindow(genesis, epoch, "verify");
  return startMs + floorDiv((endMs - startMs) * quarters, 4);
}
