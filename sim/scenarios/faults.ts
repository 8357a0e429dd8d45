/** Scenarios in which nobody cheats, and things break. Schedules leave the last third of a run in peace. */
import type { Fault } from "../engine/faults.ts";
import type { Plan, Scenario } from "./scenario.ts";

const PPM = 1_000_000;

/** Nodes in a random order. */
function shuffled({ nodes, below }: Plan): number[] {
  const order = Array.from({ length: nodes }, (_, index) => index);
  for (let at = nodes - 1; at > 0; at--) {
    const other = below(at + 1);
    const [a = 0, b = 0] = [order[at], order[other]];
    order[at] = b;
    order[other] = a;
  }
  return order;
}

/** From when on faults may come, and until when. */
function season(plan: Plan): { readonly fromMs: number; readonly toMs: number } {
  const epochs = Math.max(1, Math.floor((plan.epochs * 2) / 3));
  const { startMs, epochMs } = plan;
  return { fromMs: startMs + Math.floor(epochMs / 4), toMs: startMs + epochs * epochMs };
}

/** A time within the season that lasts so long, cut at its end. */
function spell(plan: Plan, shortestMs: number, longestMs: number) {
  const { fromMs, toMs } = season(plan);
  const atMs = fromMs + plan.below(Math.max(1, toMs - fromMs));
  const lengthMs = shortestMs + plan.below(Math.max(1, longestMs - shortestMs));
  return { atMs, untilMs: Math.min(toMs, atMs + lengthMs) };
}

/** At most this share of all nodes, at least one. */
const some = (plan: Plan, ppm: number): number => Math.max(1, Math.floor((plan.nodes * ppm) / PPM));

function rough(plan: Plan): Fault[] {
  const { fromMs, toMs } = season(plan);
  return [
    { kind: "rough", atMs: fromMs, untilMs: toMs, lossPpm: 150_000, duplicatePpm: 100_000, reorderMs: 1_500 },
  ];
}

function partitions(plan: Plan): Fault[] {
  return [0, 1].map(() => {
    const order = shuffled(plan);
    const cut = 1 + plan.below(Math.max(1, plan.nodes - 1));
    return { kind: "partition", ...spell(plan, 20_000, 90_000), groups: [order.slice(0, cut)] };
  });
}

function deafness(plan: Plan): Fault[] {
  return Array.from({ length: some(plan, 500_000) }, (): Fault => {
    const [from = 0, to = 0] = shuffled(plan);
    return { kind: "deaf", from, to, ...spell(plan, 30_000, 120_000) };
  });
}

function sleep(plan: Plan): Fault[] {
  return shuffled(plan)
    .slice(0, some(plan, 400_000))
    .map((node): Fault => ({ kind: "sleep", node, ...spell(plan, 5_000, 100_000) }));
}

function crashes(plan: Plan): Fault[] {
  return shuffled(plan)
    .slice(0, some(plan, 400_000))
    .map((node): Fault => ({ kind: "crash", node, ...spell(plan, 500, 60_000) }));
}

function fullDisks(plan: Plan): Fault[] {
  return shuffled(plan)
    .slice(0, some(plan, 250_000))
    .map((node): Fault => ({ kind: "disk-full", node, ...spell(plan, 10_000, 90_000) }));
}

function drift(plan: Plan): Fault[] {
  return shuffled(plan)
    .slice(0, some(plan, 300_000))
    .map(
      (node): Fault => ({
        kind: "drift",
        node,
        offsetMs: plan.below(8_000) - 4_000,
        ratePpm: plan.below(2_000) - 1_000,
        ...spell(plan, 60_000, 240_000),
      }),
    );
}

function chainStops(plan: Plan): Fault[] {
  return [{ kind: "chain-stops", ...spell(plan, 60_000, 200_000) }];
}

function reorganisations(plan: Plan): Fault[] {
  return [0, 1, 2].map((): Fault => {
    const { atMs } = spell(plan, 1, 2);
    return { kind: "chain-reorganises", atMs, untilMs: atMs, depth: 1 + plan.below(5) };
  });
}

export const FAULT_SCENARIOS: readonly Scenario[] = [
  { id: "calm", summary: "Nothing goes wrong." },
  { id: "lossy", summary: "Messages get lost, are doubled and overtake each other.", faults: rough },
  { id: "partition", summary: "The network falls apart and heals, twice.", faults: partitions },
  { id: "asymmetric", summary: "Some nodes hear others that do not hear them.", faults: deafness },
  { id: "sleepers", summary: "Tabs fall asleep and wake up with everything late.", faults: sleep },
  {
    id: "crashes",
    summary: "Tabs die with what they had not written yet, and come back from their disks.",
    faults: crashes,
  },
  { id: "full-disk", summary: "Devices run out of room for a while.", faults: fullDisks },
  { id: "drift", summary: "Clocks are wrong by seconds and run fast or slow.", faults: drift },
  { id: "chain-stops", summary: "The chain cannot be reached for some epochs.", faults: chainStops },
  {
    id: "chain-reorganises",
    summary: "The chain's newest blocks are replaced by others.",
    faults: reorganisations,
  },
  {
    id: "chaos",
    summary: "All of it at once.",
    faults: (plan) => [
      ...rough(plan),
      ...partitions(plan),
      ...deafness(plan),
      ...sleep(plan),
      ...crashes(plan),
      ...fullDisks(plan),
      ...drift(plan),
      ...chainStops(plan),
      ...reorganisations(plan),
    ],
  },
];
