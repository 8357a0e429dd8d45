import { afterEach, describe, expect, it } from "vitest";
import { createSimulations } from "../../../sim/watch.ts";
import { failure } from "../../core/errors.ts";
import { simulationsAcceptance } from "../../ports/acceptance/simulation.ts";
import type { InjectedFault, SimulationFrame, Simulations } from "../../ports/simulation.ts";
import { connectRpc, type RpcClient, serveRpc } from "../rpc.ts";
import { simulationsOver } from "./client.ts";
import { simulatorHandlers } from "./handlers.ts";
import type { SimulatorProtocol } from "./protocol.ts";

const FRAME: SimulationFrame = {
  nowMs: 10,
  startMs: 0,
  epoch: 0,
  phase: "commit",
  nodes: [],
  flights: [],
  events: [],
  failures: [],
  delivered: 0,
  lost: 0,
  refused: 0,
  lossMicroNats: [],
  finished: false,
};
const SETTINGS = { seed: 1, nodes: 2, epochs: 3, scenario: "calm" };

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A simulator that does what it is told and writes down its orders. */
function scripted() {
  const orders: string[] = [];
  const listeners: ((frame: SimulationFrame) => void)[] = [];
  const simulations: Simulations = {
    scenarios: async () => [{ id: "calm", summary: "Nothing goes wrong." }],
    async start(settings, onFrame) {
      if (settings.nodes < 1) throw failure("simulation-settings", "A network has nodes", "1", "0");
      listeners.push(onFrame);
      return {
        inject: (fault: InjectedFault) => void orders.push(fault.kind),
        pause: () => void orders.push("pause"),
        resume: () => void orders.push("resume"),
        setSpeed(speed: number) {
          orders.push(`speed ${speed}`);
          onFrame({ ...FRAME, nowMs: 20 });
        },
        stop: () => void orders.push("stop"),
      };
    },
  };
  return { simulations, orders, show: (frame: SimulationFrame) => listeners.at(-1)?.(frame) };
}

/** Both ends of the worker's connection, without the worker; `connections` in the order of their making. */
function open(simulations: Simulations) {
  const connections: RpcClient<SimulatorProtocol>[] = [];
  const client = simulationsOver(() => {
    const { port1, port2 } = new MessageChannel();
    const stop = serveRpc<SimulatorProtocol>(port2, simulatorHandlers(simulations));
    const rpc = connectRpc<SimulatorProtocol>(port1);
    connections.push(rpc);
    endings.push(() => {
      stop();
      port1.close();
    });
    return rpc;
  });
  return { client, connections };
}

/** Frames as they come, and a promise of the one that `accept` waits for. */
function frames() {
  const seen: SimulationFrame[] = [];
  const waiting: { accept: (frame: SimulationFrame) => boolean; give: (frame: SimulationFrame) => void }[] =
    [];
  return {
    seen,
    onFrame(frame: SimulationFrame) {
      seen.push(frame);
      for (const { accept, give } of waiting) if (accept(frame)) give(frame);
    },
    one: (accept: (frame: SimulationFrame) => boolean) =>
      new Promise<SimulationFrame>((give) => waiting.push({ accept, give })),
  };
}

describe("simulator worker", () => {
  it("lists the scenarios", async () => {
    const { client } = open(scripted().simulations);
    expect(await client.scenarios()).toEqual([{ id: "calm", summary: "Nothing goes wrong." }]);
  });

  it("shows frames and passes orders on, in their order", async () => {
    const script = scripted();
    const { client } = open(script.simulations);
    const watched = frames();
    const run = await client.start(SETTINGS, watched.onFrame);
    const shown = watched.one(({ nowMs }) => nowMs === 20);
    script.show(FRAME);
    run.inject({ kind: "heal" });
    run.pause();
    run.resume();
    run.setSpeed(1_000);
    await shown;
    expect(watched.seen.map(({ nowMs }) => nowMs)).toEqual([10, 20]);
    expect(script.orders).toEqual(["heal", "pause", "resume", "speed 1000"]);
  });

  it("passes refusals of settings on as data", async () => {
    const { client } = open(scripted().simulations);
    const starting = client.start({ ...SETTINGS, nodes: 0 }, () => undefined);
    await expect(starting).rejects.toMatchObject({ data: { code: "simulation-settings" } });
  });

  it("shows nothing more after stop", async () => {
    const script = scripted();
    const { client } = open(script.simulations);
    const watched = frames();
    const first = watched.one(() => true);
    const run = await client.start(SETTINGS, watched.onFrame);
    script.show(FRAME);
    await first;
    run.stop();
    script.show(FRAME);
    await client.scenarios();
    expect(watched.seen).toEqual([FRAME]);
  });

  it("ends with a frame that has a failure when the worker dies", async () => {
    const script = scripted();
    const { client, connections } = open(script.simulations);
    const watched = frames();
    const first = watched.one(() => true);
    await client.start(SETTINGS, watched.onFrame);
    script.show(FRAME);
    await first;
    const end = watched.one(({ finished }) => finished);
    connections[0]?.close({ code: "worker-failed", message: "gone" });
    expect(await end).toMatchObject({
      nowMs: 10,
      failures: [{ checker: "worker", atMs: 10, error: { code: "worker-failed" } }],
    });
  });

  it("has one run at a time, and a next one when the first was stopped", async () => {
    const script = scripted();
    const handlers = simulatorHandlers(script.simulations);
    const stop = new AbortController();
    const pace = { isHeld: false, onChange: () => () => undefined };
    const context = { emit: () => undefined, transfer: () => undefined, pace };
    const first = handlers.run(SETTINGS, { ...context, signal: stop.signal });
    await expect(handlers.run(SETTINGS, { ...context, signal: stop.signal })).rejects.toMatchObject({
      data: { code: "busy" },
    });
    stop.abort();
    await first;
    expect(script.orders).toEqual(["stop"]);
    const again = handlers.run(SETTINGS, { ...context, signal: AbortSignal.abort() });
    expect(await again).toBeNull();
  });
});

describe("simulator worker, with the simulator", () => {
  simulationsAcceptance(() => open(createSimulations()).client);
});
