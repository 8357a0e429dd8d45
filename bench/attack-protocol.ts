import { ATTACK_NAMES, type AttackName } from "../sim/attacks/attacks.ts";
import { Simulation } from "../sim/engine/simulation.ts";
import { DEFAULT_AGGREGATION } from "../src/core/aggregation/settings.ts";
import type { Emit } from "./figure.ts";

const NODES = 10;
const EPOCHS = 20;
const SEEDS = [1, 2];
const LEARNERS = 8;

/**
 * What 30 % colluders cost in the whole protocol: commits that hide deltas, committees that measure them, work checks, disputes,
 * audits, slashes, the default aggregator, and the guard. Seven honest nodes and three liars teach the tiny language model
 * (sim/adapters/model/tiny) for twenty epochs; the mean over two seeds. Compared with ten honest nodes: what the liars do not
 * teach counts as lost too.
 */
export async function run(emit: Emit): Promise<void> {
  const learners = await learn(SEEDS[0] ?? 1, LEARNERS, undefined);
  emit({
    name: "core.learning.protocol",
    value: nats(learners.lossMicroNats),
    unit: `nats a character after ${EPOCHS} epochs of ${LEARNERS} honest nodes`,
    ratio: Number((learners.lossMicroNats / learners.baseMicroNats).toFixed(4)),
    against: `the bare model, ${nats(learners.baseMicroNats)} nats`,
  });
  const honest = await each((seed) => learn(seed, NODES, undefined));
  for (const attack of ATTACK_NAMES) {
    const attacked = await each((seed) => learn(seed, NODES, attack));
    const lost = 1 - average(attacked.map(gainOf)) / average(honest.map(gainOf));
    emit({
      name: `core.attack.protocol.${attack}`,
      value: Number((100 * lost).toFixed(2)),
      unit: "% of the honest gain lost",
      ratio: Number(lost.toFixed(4)),
      against: "gain of as many honest nodes",
    });
  }
}

/** One seed after another. */
async function each(one: (seed: number) => Promise<Learned>): Promise<readonly Learned[]> {
  const all: Learned[] = [];
  for (const seed of SEEDS) all.push(await one(seed));
  return all;
}

interface Learned {
  readonly baseMicroNats: number;
  readonly lossMicroNats: number;
}

async function learn(seed: number, nodes: number, attack: AttackName | undefined): Promise<Learned> {
  const { aggregator, toleratedPpm, clipNormMicro } = DEFAULT_AGGREGATION;
  const simulation = new Simulation({
    seed,
    nodes,
    epochs: EPOCHS,
    fullNodes: 0,
    scenario: {
      id: attack ?? "calm",
      summary: "",
      trainersPpm: 1_000_000,
      genesis: {
        model: "tiny",
        parameters: { aggregator, aggregatorToleratedPpm: toleratedPpm, deltaClipNormMicro: clipNormMicro },
      },
      gangs:
        attack === undefined
          ? []
          : [{ adversary: `colluders-${attack}`, nodesPpm: 300_000, stakePpm: 300_000 }],
    },
  });
  await simulation.run();
  const baseMicroNats = simulation.genesis.model.baseMetrics.lossMicroNats;
  const { modelMetrics } = simulation.certified.at(-1)?.state ?? {};
  return { baseMicroNats, lossMicroNats: modelMetrics?.lossMicroNats ?? baseMicroNats };
}

function gainOf({ baseMicroNats, lossMicroNats }: Learned): number {
  return baseMicroNats - lossMicroNats;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function nats(microNats: number): number {
  return Number((microNats / 1_000_000).toFixed(3));
}
