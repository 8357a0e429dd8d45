import type { Delegation } from "../../app/parley.ts";

const DAY_MS = 24 * 3_600_000;

/** How long people lock for; the network's longest comes besides. */
const USUAL_DAYS = [30, 91, 182, 365];

export interface LockTerm {
  readonly days: number;
  /** Unix ms. */
  readonly untilMs: number;
}

/**
 * The ends of a lock that can be chosen: after the one that holds, and not after the longest that the contract takes.
 * `nowMs`: of this device; `blockMs`: of the newest block, which may be old on a chain without traffic.
 */
export function lockTerms(
  nowMs: number,
  blockMs: number,
  maximumLockMs: number,
  lockedUntilMs: number,
): readonly LockTerm[] {
  const longestDays = Math.floor(maximumLockMs / DAY_MS);
  const days = USUAL_DAYS.filter((one) => one < longestDays);
  return [...days, ...(longestDays > 0 ? [longestDays] : [])]
    .map((one) => {
      const untilMs = Math.max(nowMs, blockMs) + one * DAY_MS;
      return { days: one, untilMs: Math.min(untilMs, blockMs + maximumLockMs) };
    })
    .filter(({ untilMs }) => untilMs > lockedUntilMs);
}

/** What a lock adds at its beginning to a stake's weight in rewards, in ppm: as the nodes count it, see core's weight. */
export function lockGainPpm(
  remainingMs: number,
  { lockBonusPpm, maximumLockMs }: { readonly lockBonusPpm: number; readonly maximumLockMs: number },
): number {
  const countedMs = Math.min(Math.max(remainingMs, 0), maximumLockMs);
  return Math.floor((lockBonusPpm * countedMs) / maximumLockMs);
}

/** `30 November 2026`, by the device's own calendar. */
export function dayWords(atMs: number): string {
  return new Date(atMs).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

/** `1 day`, `14 days`; in hours or minutes where that says it better. */
export function durationWords(durationMs: number): string {
  const minutes = Math.ceil(durationMs / 60_000);
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.ceil(durationMs / 3_600_000);
  return hours < 48 ? `${hours} hours` : `${Math.ceil(durationMs / DAY_MS)} days`;
}

export interface DelegationWords {
  readonly state: string;
  readonly tone: "good" | "bad";
  readonly sentence: string;
}

export function delegationWords(state: Delegation["state"]): DelegationWords {
  switch (state) {
    case "counts":
      return {
        state: "counts",
        tone: "good",
        sentence: "It adds to the weight of this node's signatures, and can be slashed with the node.",
      };
    case "node-left":
      return {
        state: "counts for nothing",
        tone: "bad",
        sentence:
          "Nobody stakes for this node now. Take it back; or wait: it counts again if the same account comes back.",
      };
    case "former-owner":
      return {
        state: "counts for nothing",
        tone: "bad",
        sentence: "Another account stakes for this node now. Take it back before you delegate to it again.",
      };
  }
}
