import { epochAt, phaseAt } from "../src/core/epoch/clock.ts";
import { LIMITS } from "../src/core/limits.ts";
import type {
  MessageFlight,
  SimulatedNodeView,
  SimulationEvent,
  SimulationFrame,
} from "../src/ports/simulation.ts";
import { earnedBy } from "./checkers/liars-lose.ts";
import type { Simulation } from "./engine/simulation.ts";
import type { SimulatedNode } from "./nodes/node.ts";

const EVENTS_SHOWN = 100;
const MICRO_TOKEN_WEI = 10n ** 12n;

/** What there is to draw of a running simulation. */
export class FrameMaker {
  readonly #simulation: Simulation;
  #flights: MessageFlight[] = [];
  #events: readonly SimulationEvent[] = [];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    simulation.mesh.onFlight = ({ packet, ...flight }) =>
      this.#flights.push({ kind: packet.message?.kind ?? packet.topic, ...flight });
    simulation.onEvent = (text, tone) => {
      const event = { atMs: simulation.queue.nowMs(), text, tone };
      this.#events = [event, ...this.#events].slice(0, EVENTS_SHOWN);
    };
  }

  next(): SimulationFrame {
    const { queue, genesis, mesh, nodes, failures, certified, endMs } = this.#simulation;
    const nowMs = queue.nowMs();
    const flights = evenly(this.#flights, LIMITS.simulatedFlights);
    this.#flights = [];
    const losses = certified.map(({ state }) => state.modelMetrics.lossMicroNats);
    return {
      nowMs,
      startMs: genesis.startMs,
      epoch: Math.max(0, epochAt(genesis, nowMs)),
      phase: phaseAt(genesis, nowMs)?.phase ?? "commit",
      nodes: nodes.map((node) => this.#viewOf(node)),
      flights,
      events: this.#events,
      failures: [...failures],
      delivered: mesh.delivered,
      lost: mesh.lost,
      refused: mesh.refusedCount(),
      lossMicroNats: [genesis.model.baseMetrics.lossMicroNats, ...losses],
      finished: nowMs >= endMs || failures.some(({ checker }) => checker === "simulator"),
    };
  }

  #viewOf({ plan, condition, head }: SimulatedNode): SimulatedNodeView {
    const { state, root } = head;
    const { nodeId } = plan.identity;
    return {
      index: plan.index,
      name: plan.name,
      role: plan.role,
      state: condition,
      group: this.#simulation.mesh.groupOf(plan.index),
      epoch: state.epoch,
      root,
      reputationPpm: state.reputations.get(nodeId) ?? state.parameters.initialReputationPpm,
      earnedMicroTokens: Number(earnedBy(state, plan) / MICRO_TOKEN_WEI),
    };
  }
}

/** At most `most` of them, evenly chosen. */
function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return items.filter(
    (_, at) => Math.floor((at * most) / items.length) !== Math.floor(((at - 1) * most) / items.length),
  );
}
