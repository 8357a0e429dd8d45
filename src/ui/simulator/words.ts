import type { Hash } from "../../core/primitives.ts";
import type { SimulatedNodeView, SimulationFrame } from "../../ports/simulation.ts";
import { formatTokens } from "../format.ts";

const WEI_PER_MICRO_TOKEN = 10n ** 12n;

/** `Honest`, or the name of the adversary: `Free-rider`. */
export function roleWords(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}

export const STATE_WORDS: Readonly<Record<SimulatedNodeView["state"], string>> = {
  awake: "Awake",
  asleep: "Asleep",
  dead: "Dead",
};

/** What a node earned less what it was charged: `12.5`, `−3`. */
export function earnedWords({ earnedMicroTokens }: Pick<SimulatedNodeView, "earnedMicroTokens">): string {
  return formatTokens(BigInt(Math.trunc(earnedMicroTokens)) * WEI_PER_MICRO_TOKEN);
}

/** The first digits of a root, enough to tell the roots of a run apart: `3fa9c1`. */
export function rootName(root: Hash): string {
  return root.slice(0, 6);
}

/** Time since the start: `0:42`, `1:02:03`. */
export function virtualTime(sinceStartMs: number): string {
  const total = Math.max(0, Math.floor(sinceStartMs / 1_000));
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3_600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** `right`, `10 s fast`, `20 s slow`. */
export function driftWords(offsetMs: number): string {
  if (offsetMs === 0) return "right";
  return `${Math.abs(offsetMs) / 1_000} s ${offsetMs > 0 ? "fast" : "slow"}`;
}

/** Thousands in short where there is little room: `812`, `24.1k`, `3.2M`. */
export function shortCount(count: number): string {
  if (count < 10_000) return `${count}`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

/** The newest news that a person should hear, if it came after what was told last: a certified epoch, a failed check. */
export function newsSince(
  frame: SimulationFrame,
  toldAtMs: number,
): { text: string; atMs: number } | undefined {
  const [failure] = frame.failures.filter(({ atMs }) => atMs > toldAtMs);
  if (failure !== undefined) {
    return { atMs: failure.atMs, text: `A check failed: ${failure.checker}. ${failure.error.message}` };
  }
  return frame.events.find(({ tone, atMs }) => tone !== "info" && atMs > toldAtMs);
}
