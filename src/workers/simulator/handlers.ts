import { failure } from "../../core/errors.ts";
import type { RunningSimulation, Simulations } from "../../ports/simulation.ts";
import type { Handlers } from "../rpc.ts";
import type { SimulatorProtocol } from "./protocol.ts";

/** Serves simulations, one run at a time. */
export function simulatorHandlers(simulations: Simulations): Handlers<SimulatorProtocol> {
  let taken = false;
  let running: RunningSimulation | undefined;
  return {
    scenarios: () => simulations.scenarios(),
    async run(settings, { emit, signal }) {
      if (taken) throw failure("busy", "This worker has a run already");
      taken = true;
      try {
        running = await simulations.start(settings, (frame) => emit({ kind: "frame", frame }));
        emit({ kind: "started" });
        await aborted(signal);
        return null;
      } finally {
        running?.stop();
        running = undefined;
        taken = false;
      }
    },
    inject(fault) {
      running?.inject(fault);
      return null;
    },
    pause() {
      running?.pause();
      return null;
    },
    resume() {
      running?.resume();
      return null;
    },
    setSpeed(virtualMsPerSecond) {
      running?.setSpeed(virtualMsPerSecond);
      return null;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
