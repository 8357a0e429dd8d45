import type { InjectedFault } from "../src/ports/simulation.ts";
import type { Fault } from "./engine/faults.ts";
import type { Simulation } from "./engine/simulation.ts";

const FOREVER = Number.POSITIVE_INFINITY;
/** Blocks that are replaced when a viewer asks for it. */
const REORGANISED_BLOCKS = 3;

/** Does to a running simulation what its viewer wants, as faults that last until the viewer ends them. */
export function inject(simulation: Simulation, fault: InjectedFault): void {
  const { weather, queue } = simulation;
  const atMs = queue.nowMs();
  const since = { atMs, untilMs: FOREVER };
  const endAll = (isIt: (active: Fault) => boolean): void => {
    for (const active of weather.active) if (isIt(active)) weather.end(active);
  };
  switch (fault.kind) {
    case "partition":
      endAll(({ kind }) => kind === "partition");
      weather.begin({ ...since, kind: "partition", groups: fault.groups });
      break;
    case "heal":
      endAll(({ kind }) => kind === "partition" || kind === "deaf");
      break;
    case "kill":
      weather.begin({ ...since, kind: "crash", node: fault.node });
      break;
    case "sleep":
      weather.begin({ ...since, kind: "sleep", node: fault.node });
      break;
    case "wake":
      endAll((active) => (active.kind === "sleep" || active.kind === "crash") && active.node === fault.node);
      break;
    case "loss":
      endAll(({ kind }) => kind === "rough");
      if (fault.ppm > 0) {
        weather.begin({ ...since, kind: "rough", lossPpm: fault.ppm, duplicatePpm: 0, reorderMs: 0 });
      }
      break;
    case "drift":
      endAll((active) => active.kind === "drift" && active.node === fault.node);
      if (fault.offsetMs !== 0) {
        weather.begin({ ...since, kind: "drift", node: fault.node, offsetMs: fault.offsetMs, ratePpm: 0 });
      }
      break;
    case "disk-full":
      endAll((active) => active.kind === "disk-full" && active.node === fault.node);
      if (fault.full) weather.begin({ ...since, kind: "disk-full", node: fault.node });
      break;
    case "chain":
      if (fault.state !== "reorganise") endAll(({ kind }) => kind === "chain-stops");
      if (fault.state === "stop") weather.begin({ ...since, kind: "chain-stops" });
      if (fault.state === "reorganise") {
        weather.begin({ atMs, untilMs: atMs, kind: "chain-reorganises", depth: REORGANISED_BLOCKS });
      }
      break;
  }
}
