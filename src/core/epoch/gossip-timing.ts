import { type ErrorData, ignore } from "../errors.ts";
import type { Genesis } from "../genesis.ts";
import { LIMITS } from "../limits.ts";
import type { Message } from "../messages/message.ts";
import { epochLengthMs } from "./clock.ts";
import { acceptanceWindow } from "./timing.ts";

/**
 * Whether live gossip is about now. Code: out-of-phase (IGNORE).
 *
 * Wide on purpose, one epoch to either side of when the kind may be sent: a tab that slept says late what it promised,
 * clocks are wrong by more than LIMITS.clockSkewMs, and every message that is left out here breaks its author's log
 * until sync mends it. Whether it still counts is for checkTiming, by the author's own time. What this keeps off is old
 * history played again and epochs that are far away. Sets, votes, ballots, proposals and evidence have no end: an epoch
 * that nobody signed is signed later.
 */
export function checkGossipTiming(genesis: Genesis, message: Message, nowMs: number): ErrorData | undefined {
  const { startMs, endMs } = acceptanceWindow(genesis, message);
  const wideMs = epochLengthMs(genesis) + LIMITS.clockSkewMs;
  if (nowMs >= startMs - wideMs && nowMs - wideMs < endMs) return undefined;
  return ignore(
    "out-of-phase",
    `This ${message.kind} is of another time`,
    `from ${startMs - wideMs} to ${endMs}`,
    `${nowMs}`,
  ).data;
}
