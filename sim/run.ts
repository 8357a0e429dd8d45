import type { Hash } from "../src/core/primitives.ts";
import type { CheckFailure } from "../src/ports/simulation.ts";
import type { Fault } from "./engine/faults.ts";
import { Simulation } from "./engine/simulation.ts";
import { scenarioOf } from "./scenarios/index.ts";

/** What names a run: the same settings, the same run. */
export interface RunSettings {
  readonly scenario: string;
  readonly seed: number;
  readonly nodes: number;
  readonly epochs: number;
  /** Which faults of the scenario's schedule happen, by their place in it; all when absent. */
  readonly faults?: readonly number[] | undefined;
  /** Full nodes at most; by default by the size of the network. */
  readonly fullNodes?: number | undefined;
}

/** What came of a run. */
export interface RunReport extends RunSettings {
  readonly certified: number;
  /** After each certified epoch. */
  readonly roots: readonly Hash[];
  readonly delivered: number;
  readonly lost: number;
  readonly duplicates: number;
  /** By code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly lossBeforeMicroNats: number;
  readonly lossAfterMicroNats: number;
  /** Of real time. */
  readonly seconds: number;
  /** Over all messages and adoptions in order. */
  readonly transcript: Hash;
  readonly failures: readonly CheckFailure[];
}

/** The scenario's schedule for these settings. */
export function scheduleOf(settings: RunSettings): readonly Fault[] {
  return prepare(settings).faults;
}

/** Errors: simulation-settings. */
export async function run(settings: RunSettings, onEpoch?: (epoch: number) => void): Promise<RunReport> {
  const startedMs = performance.now();
  const simulation = prepare(settings);
  await simulation.run(onEpoch);
  const { certified, mesh, failures, genesis } = simulation;
  const { lossMicroNats } = genesis.model.baseMetrics;
  return {
    ...settings,
    certified: certified.length,
    roots: certified.map(({ root }) => root),
    delivered: mesh.delivered,
    lost: mesh.lost,
    duplicates: mesh.duplicates,
    refused: Object.fromEntries(mesh.refused),
    lossBeforeMicroNats: lossMicroNats,
    lossAfterMicroNats: certified.at(-1)?.state.modelMetrics.lossMicroNats ?? lossMicroNats,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    transcript: simulation.transcript.digest(),
    failures,
  };
}

function prepare({ scenario, seed, nodes, epochs, faults, fullNodes }: RunSettings): Simulation {
  const options = {
    seed,
    nodes,
    epochs,
    scenario: scenarioOf(scenario),
    ...(fullNodes === undefined ? {} : { fullNodes }),
  };
  const simulation = new Simulation(options);
  if (faults === undefined) return simulation;
  return new Simulation({ ...options, faults: simulation.faults.filter((_, at) => faults.includes(at)) });
}

/** The command that runs exactly this again. */
export function replayCommand({ scenario, seed, nodes, epochs, faults, fullNodes }: RunSettings): string {
  const only = faults === undefined ? "" : ` --faults ${faults.length === 0 ? "none" : faults.join(",")}`;
  const full = fullNodes === undefined ? "" : ` --full ${fullNodes}`;
  return `npm run sim -- --scenario ${scenario} --seed ${seed} --nodes ${nodes} --epochs ${epochs}${only}${full}`;
}
