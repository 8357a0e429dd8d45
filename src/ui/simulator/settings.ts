import { LIMITS } from "../../core/limits.ts";
import type { SimulationSettings } from "../../ports/simulation.ts";

/** What stands in the form before somebody changes it; the scenario is the first of the list. */
export const USUAL = { seed: 1, nodes: 16, epochs: 12 } as const;

export const BOUNDS = {
  seed: { least: 0, most: 4_294_967_295 },
  nodes: { least: 4, most: LIMITS.simulatedNodes },
  epochs: { least: 1, most: LIMITS.simulatedEpochs },
} as const;

export type NumberSetting = keyof typeof BOUNDS;

/** The settings that an address names: `#/simulator?scenario=calm&seed=3`. What is missing or senseless is left out. */
export function settingsInLink(hash: string): Partial<SimulationSettings> {
  const query = new URLSearchParams(hash.split("?")[1] ?? "");
  const scenario = query.get("scenario") ?? "";
  const seed = wholeNumber("seed", query.get("seed"));
  const nodes = wholeNumber("nodes", query.get("nodes"));
  const epochs = wholeNumber("epochs", query.get("epochs"));
  return {
    ...(scenario === "" ? {} : { scenario }),
    ...(seed === undefined ? {} : { seed }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(epochs === undefined ? {} : { epochs }),
  };
}

/** A number as a person wrote it, or undefined when it is none that this setting may have. */
export function wholeNumber(setting: NumberSetting, text: string | null): number | undefined {
  if (text === null || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  const { least, most } = BOUNDS[setting];
  return value >= least && value <= most ? value : undefined;
}

/** The address of a run, to pass on. */
export function linkTo({ scenario, seed, nodes, epochs }: SimulationSettings): string {
  return `#/simulator?${new URLSearchParams({ scenario, seed: `${seed}`, nodes: `${nodes}`, epochs: `${epochs}` })}`;
}

/** The command that runs the same in a terminal. */
export function replayCommand({ scenario, seed, nodes, epochs }: SimulationSettings): string {
  return `npm run sim -- --seed ${seed} --nodes ${nodes} --epochs ${epochs} --scenario ${scenario}`;
}

/** How fast virtual time may pass, in virtual milliseconds a real second. */
export const SPEEDS = [
  { virtualMsPerSecond: 1_000, words: "Real time" },
  { virtualMsPerSecond: 5_000, words: "5 × faster" },
  { virtualMsPerSecond: 15_000, words: "15 × faster" },
  { virtualMsPerSecond: 60_000, words: "60 × faster" },
  { virtualMsPerSecond: 600_000, words: "As fast as it can" },
] as const;

export const USUAL_SPEED = 15_000;
