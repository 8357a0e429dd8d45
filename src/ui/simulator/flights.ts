import type { MessageFlight } from "../../ports/simulation.ts";
import { type Family, familyOf } from "./families.ts";

/** A message as it is drawn, in milliseconds of the stage's own time. */
export interface MovingMessage {
  readonly family: Family;
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly lost: boolean;
}

/** More at once are a fog that nobody can read. */
const MOST_MOVING = 360;
const SHORTEST_MS = 550;
const LONGEST_MS = 1_600;
/** Many that leave together are told apart by small differences in speed. */
const PACES = 8;
const PACE_MS = 65;
/** Messages of one frame leave one after the other over at most this long. */
const SPREAD_MS = 220;
/** A lost message is gone at this share of its way. */
export const LOST_AT = 0.55;

/**
 * The messages to draw. Most ways take a few virtual milliseconds, far less than a picture: so each message is shown
 * for half a second at least, in the order in which they were sent.
 */
export class MovingMessages {
  #moving: MovingMessage[] = [];
  #lastNowMs: number | undefined;

  get all(): readonly MovingMessage[] {
    return this.#moving;
  }

  /** Takes the messages of a new frame; `stageMs` is the stage's time, `virtualMsPerSecond` the speed of the run. */
  add(flights: readonly MessageFlight[], nowMs: number, stageMs: number, virtualMsPerSecond: number): void {
    this.forget(stageMs);
    const sinceMs = this.#lastNowMs ?? nowMs;
    this.#lastNowMs = nowMs;
    const room = Math.max(0, MOST_MOVING - this.#moving.length);
    const every = Math.max(1, Math.ceil(flights.length / Math.max(1, room)));
    for (const [index, flight] of flights.entries()) {
      if (index % every !== 0 || this.#moving.length >= MOST_MOVING) continue;
      const leastMs = SHORTEST_MS + PACE_MS * (index % PACES);
      this.#moving.push(moving(flight, { sinceMs, stageMs, virtualMsPerSecond, leastMs }));
    }
  }

  forget(stageMs: number): void {
    this.#moving = this.#moving.filter(({ startMs, durationMs }) => startMs + durationMs > stageMs);
  }
}

interface Pace {
  /** Virtual time of the frame before, and the stage's time of this one. */
  readonly sinceMs: number;
  readonly stageMs: number;
  readonly virtualMsPerSecond: number;
  /** It is under way at least this long. */
  readonly leastMs: number;
}

function moving(
  flight: MessageFlight,
  { sinceMs, stageMs, virtualMsPerSecond, leastMs }: Pace,
): MovingMessage {
  const inStageMs = (virtualMs: number): number => (1_000 * virtualMs) / Math.max(1, virtualMsPerSecond);
  return {
    family: familyOf(flight.kind),
    from: flight.from,
    to: flight.to,
    startMs: stageMs + clamp(inStageMs(flight.sentAtMs - sinceMs), 0, SPREAD_MS),
    durationMs: clamp(inStageMs(flight.arrivesAtMs - flight.sentAtMs), leastMs, LONGEST_MS),
    lost: flight.lost,
  };
}

/** How far it is on its way, 0 to 1; undefined before it left, after it arrived, or when it was lost. */
export function progressOf(message: MovingMessage, stageMs: number): number | undefined {
  const progress = (stageMs - message.startMs) / message.durationMs;
  if (progress < 0 || progress >= 1 || (message.lost && progress > LOST_AT)) return undefined;
  return progress;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
