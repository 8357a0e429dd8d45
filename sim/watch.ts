/** Simulations that somebody watches, at the speed that they want: what the worker of the page "Simulator" serves. */
import { epochLengthMs } from "../src/core/epoch/clock.ts";
import { failure, toErrorData } from "../src/core/errors.ts";
import { LIMITS } from "../src/core/limits.ts";
import type {
  InjectedFault,
  RunningSimulation,
  SimulationFrame,
  SimulationSettings,
  Simulations,
} from "../src/ports/simulation.ts";
import { Simulation } from "./engine/simulation.ts";
import { FrameMaker } from "./frames.ts";
import { inject } from "./inject.ts";
import { SCENARIOS, scenarioOf } from "./scenarios/index.ts";

/** Real time between two frames. */
const FRAME_MS = 50;
const USUAL_SPEED = 10_000;
/** A machine that cannot keep up lets time pass more slowly, and goes on listening to its viewer. */
const LONGEST_STEP_MS = 200;
/** A committee of three, and somebody to check. */
const FEWEST_NODES = 4;

export function createSimulations(): Simulations {
  return {
    scenarios: async () => SCENARIOS.map(({ id, summary }) => ({ id, summary })),
    start: async (settings, onFrame) => {
      check(settings);
      const simulation = new Simulation({ ...settings, scenario: scenarioOf(settings.scenario) });
      const watched = new WatchedRun(simulation, onFrame);
      await watched.begin();
      return watched;
    },
  };
}

class WatchedRun implements RunningSimulation {
  readonly #simulation: Simulation;
  readonly #frames: FrameMaker;
  readonly #onFrame: (frame: SimulationFrame) => void;
  #speed = USUAL_SPEED;
  #isPaused = false;
  #isOver = false;

  constructor(simulation: Simulation, onFrame: (frame: SimulationFrame) => void) {
    this.#simulation = simulation;
    this.#frames = new FrameMaker(simulation);
    this.#onFrame = onFrame;
  }

  async begin(): Promise<void> {
    await this.#simulation.start();
    await this.#simulation.advanceTo(this.#simulation.genesis.startMs);
    this.#show();
    void this.#go();
  }

  inject(fault: InjectedFault): void {
    if (this.#isOver) return;
    inject(this.#simulation, fault);
    this.#show();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  setSpeed(virtualMsPerSecond: number): void {
    this.#speed = Math.max(0, virtualMsPerSecond);
  }

  stop(): void {
    this.#isOver = true;
  }

  async #go(): Promise<void> {
    let lastMs = performance.now();
    try {
      while (!this.#isOver) {
        await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
        const nowMs = performance.now();
        const passedMs = Math.min(LONGEST_STEP_MS, nowMs - lastMs);
        lastMs = nowMs;
        if (!this.#isPaused && !this.#isOver) await this.#step((passedMs * this.#speed) / 1_000);
      }
    } catch (thrown) {
      this.#isOver = true;
      this.#simulation.fail("simulator", toErrorData(thrown));
      this.#show();
    }
  }

  async #step(virtualMs: number): Promise<void> {
    const { queue, endMs, genesis } = this.#simulation;
    // Half an epoch at most: each one is seen, however fast time passes.
    const stepMs = Math.min(Math.floor(virtualMs), Math.floor(epochLengthMs(genesis) / 2));
    await this.#simulation.advanceTo(Math.min(endMs, queue.nowMs() + stepMs));
    if (queue.nowMs() >= endMs) {
      this.#simulation.finish();
      this.#isOver = true;
    }
    this.#show();
  }

  #show(): void {
    this.#onFrame(this.#frames.next());
  }
}

function check({ seed, nodes, epochs }: SimulationSettings): void {
  const within = (value: number, least: number, most: number, name: string): void => {
    if (Number.isSafeInteger(value) && value >= least && value <= most) return;
    throw failure(
      "simulation-settings",
      `Choose another number of ${name}`,
      `${least} to ${most}`,
      `${value}`,
    );
  };
  within(seed, 0, Number.MAX_SAFE_INTEGER, "the seed");
  within(nodes, FEWEST_NODES, LIMITS.simulatedNodes, "nodes");
  within(epochs, 1, LIMITS.simulatedEpochs, "epochs");
}
