import type {
  InjectedFault,
  ScenarioInfo,
  SimulationFrame,
  SimulationSettings,
} from "../../ports/simulation.ts";

/** What a run sends: that it began, then what there is to draw. */
export type RunEvent =
  | { readonly kind: "started" }
  | { readonly kind: "frame"; readonly frame: SimulationFrame };

/** Calls of the worker that simulates: the Simulations port, one run a worker. */
export interface SimulatorProtocol {
  scenarios: { request: null; response: readonly ScenarioInfo[]; event: never };
  /** Goes on until the caller aborts, and answers then. Errors: simulation-settings, busy. */
  run: { request: SimulationSettings; response: null; event: RunEvent };
  /** These four do nothing when nothing runs. */
  inject: { request: InjectedFault; response: null; event: never };
  pause: { request: null; response: null; event: never };
  resume: { request: null; response: null; event: never };
  /** Virtual milliseconds a real second. */
  setSpeed: { request: number; response: null; event: never };
}
