import { afterEach, expect, it } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import type {
  InjectedFault,
  RunningSimulation,
  SimulationFrame,
  SimulationSettings,
  Simulations,
} from "../simulation.ts";

const FAST = 10_000_000;

/** What every adapter of the Simulations port promises. `create` gives one of which nothing runs. */
export function simulationsAcceptance(create: () => Simulations): void {
  const running: RunningSimulation[] = [];
  afterEach(() => {
    for (const run of running.splice(0)) run.stop();
  });

  async function settings(changes: Partial<SimulationSettings> = {}): Promise<SimulationSettings> {
    const [first] = await create().scenarios();
    return { scenario: first?.id ?? "", seed: 1, nodes: 4, epochs: 2, ...changes };
  }

  async function open(changes: Partial<SimulationSettings> = {}) {
    const seen: SimulationFrame[] = [];
    const waiting = new Set<{
      accept: (frame: SimulationFrame) => boolean;
      give: (frame: SimulationFrame) => void;
    }>();
    const run = await create().start(await settings(changes), (frame) => {
      seen.push(frame);
      for (const wait of waiting) {
        if (!wait.accept(frame)) continue;
        waiting.delete(wait);
        wait.give(frame);
      }
    });
    running.push(run);
    /** The next frame that fits. */
    const next = (accept: (frame: SimulationFrame) => boolean = () => true): Promise<SimulationFrame> =>
      new Promise((give) => waiting.add({ accept, give }));
    /** The next frame after a fault that fits. */
    const after = (fault: InjectedFault, accept?: (frame: SimulationFrame) => boolean) => {
      const frame = next(accept);
      run.inject(fault);
      return frame;
    };
    return { run, seen, next, after };
  }

  /** Runs to its end. */
  async function finish(changes: Partial<SimulationSettings> = {}) {
    const { run, seen, next } = await open(changes);
    const last = next(({ finished }) => finished);
    run.setSpeed(FAST);
    return { seen, last: await last };
  }

  it("lists scenarios, each with an id of its own and a sentence", async () => {
    const scenarios = await create().scenarios();
    expect(scenarios.length).toBeGreaterThan(0);
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
    for (const { summary } of scenarios) expect(summary).toMatch(/^\S.*\.$/);
  });

  it.each([
    { nodes: 0 },
    { nodes: LIMITS.simulatedNodes + 1 },
    { epochs: 0 },
    { epochs: LIMITS.simulatedEpochs + 1 },
    { seed: -1 },
    { scenario: "no such scenario" },
  ])("refuses %o", async (changes) => {
    await expect(open(changes)).rejects.toMatchObject({ data: { code: "simulation-settings" } });
  });

  it("closes every epoch with one root, while time never goes back", async () => {
    const { seen, last } = await finish();
    expect(last.failures).toEqual([]);
    expect(last.nodes.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(new Set(last.nodes.map(({ root }) => root)).size).toBe(1);
    for (const { epoch, state } of last.nodes) expect([epoch, state]).toEqual([1, "awake"]);
    expect(last.delivered).toBeGreaterThan(0);
    expect(last.lossMicroNats.length).toBe(3);
    expect(new Set(seen.map(({ epoch }) => epoch))).toEqual(new Set([0, 1, 2]));
    for (const [index, frame] of seen.entries()) {
      expect(frame.nowMs).toBeGreaterThanOrEqual(seen[index - 1]?.nowMs ?? frame.startMs);
      expect(frame.events.length).toBeLessThanOrEqual(100);
      expect(frame.flights.length).toBeLessThanOrEqual(LIMITS.simulatedFlights);
    }
  });

  it("runs the same again by the same settings, and otherwise by another seed", async () => {
    const facts = ({ nodes, delivered, lost }: SimulationFrame) => ({ nodes, delivered, lost });
    const [first, again, other] = [await finish(), await finish(), await finish({ seed: 2 })];
    expect(facts(again.last)).toEqual(facts(first.last));
    expect(facts(other.last)).not.toEqual(facts(first.last));
  });

  it("shows and tells a split and its healing", async () => {
    const { after } = await open({ epochs: 50 });
    const groups = [
      [0, 1],
      [2, 3],
    ];
    const sides = ({ nodes }: SimulationFrame) => nodes.map(({ group }) => group).join();
    const split = await after({ kind: "partition", groups }, (frame) => sides(frame) !== "0,0,0,0");
    const [a, b, c, d] = split.nodes.map(({ group }) => group);
    expect([a, c]).toEqual([b, d]);
    expect(split.events.length).toBeGreaterThan(0);
    const healed = await after({ kind: "heal" }, (frame) => sides(frame) === "0,0,0,0");
    expect(healed.events.length).toBeGreaterThan(split.events.length);
  });

  it("shows a node that sleeps, wakes and dies", async () => {
    const { after } = await open({ epochs: 50 });
    const has = (state: string) => (frame: SimulationFrame) => frame.nodes[2]?.state === state;
    await after({ kind: "sleep", node: 2 }, has("asleep"));
    await after({ kind: "wake", node: 2 }, has("awake"));
    await after({ kind: "kill", node: 2 }, has("dead"));
    await after({ kind: "wake", node: 2 }, has("awake"));
  });

  it("takes every other fault, and tells of it", async () => {
    const { after, next } = await open({ epochs: 50 });
    const faults: readonly InjectedFault[] = [
      { kind: "loss", ppm: 100_000 },
      { kind: "drift", node: 1, offsetMs: 5_000 },
      { kind: "disk-full", node: 1, full: true },
      { kind: "disk-full", node: 1, full: false },
      { kind: "chain", state: "stop" },
      { kind: "chain", state: "start" },
      { kind: "chain", state: "reorganise" },
    ];
    let told = (await next()).events.length;
    for (const fault of faults) {
      const before = told;
      told = (await after(fault, ({ events }) => events.length > before)).events.length;
    }
  });

  it("lets no time pass while it is paused", async () => {
    const { run, after, next } = await open({ epochs: 50 });
    await next();
    run.pause();
    const heard = (await after({ kind: "loss", ppm: 1 })).events.length;
    const first = await after({ kind: "loss", ppm: 2 }, ({ events }) => events.length > heard);
    const second = await after({ kind: "loss", ppm: 3 }, ({ events }) => events.length > first.events.length);
    expect(second.nowMs).toBe(first.nowMs);
    run.resume();
    await next(({ nowMs }) => nowMs > second.nowMs);
  });
}
