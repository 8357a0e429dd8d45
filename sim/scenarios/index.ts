import { failure } from "../../src/core/errors.ts";
import { CHEATING_SCENARIOS } from "./adversaries.ts";
import { FAULT_SCENARIOS } from "./faults.ts";
import type { Scenario } from "./scenario.ts";
import { VOTE_SCENARIOS } from "./votes.ts";

/** Every scenario, in the order in which they are listed. */
export const SCENARIOS: readonly Scenario[] = [...FAULT_SCENARIOS, ...CHEATING_SCENARIOS, ...VOTE_SCENARIOS];

/** Errors: simulation-settings. */
export function scenarioOf(id: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.id === id);
  if (scenario !== undefined) return scenario;
  const known = SCENARIOS.map((one) => one.id).join(", ");
  throw failure("simulation-settings", "There is no such scenario", known, id);
}
