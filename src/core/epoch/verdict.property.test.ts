import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AttestOptions,
  attest,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  submit,
} from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import type { State } from "../state.ts";
import { type Drawn, inOrderDrawn } from "./committee.ts";
import { epochContext } from "./context.ts";
import { reservesFromMs } from "./timing.ts";
import { weighAttestations } from "./verdict.ts";

const genesis = makeGenesis();
const authors = makeAuthors(genesis, 8);
const registry = makeRegistry(authors);
const [submitter, ...validators] = authors;
const ids = validators.map(({ nodeId }) => nodeId);
const drawn: Drawn = { committee: ids.slice(0, 4), reserves: ids.slice(4) };
const PLACES = inOrderDrawn(drawn);
const MIDDLE_MS = reservesFromMs(genesis, 1);

type Behaviour = "honest" | "silent" | "lazy" | "inflates" | "refuses" | "denies" | "inflates lazily";
const BEHAVIOURS: readonly Behaviour[] = [
  "honest",
  "honest",
  "silent",
  "lazy",
  "inflates",
  "refuses",
  "denies",
  "inflates lazily",
];
const MADE_UP = { lies: { workDigest: hashOf("made up") } };
const DENIED = { lies: { checks: PLACES.map(() => "ee".repeat(16)) } };

const player = fc.record({
  does: fc.constantFrom(...BEHAVIOURS),
  reputation: fc.integer({ min: 10_000, max: 1_000_000 }),
});

function weigh(players: readonly { does: Behaviour; reputation: number }[]) {
  const fresh = genesisState(genesis);
  const reputations = new Map(players.map(({ reputation }, i) => [PLACES[i] ?? "", reputation]));
  const state: State = { ...fresh, reputations };
  if (submitter === undefined) throw new Error("no submitter");
  const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };
  const { submission } = submit(genesis, state, submitter, { epoch: 1, metrics });
  const truth = submission.envelope.body.reportedMetrics;
  const attestations = players.flatMap(({ does }, i) => {
    const validator = validators[i];
    if (validator === undefined || does === "silent") return [];
    const say = (options: AttestOptions = {}, lossMicroNats = truth.lossMicroNats) =>
      attest(genesis, validator, submission, { ...truth, lossMicroNats }, null, {
        drawn: PLACES,
        timestampMs: MIDDLE_MS,
        ...options,
      });
    if (does === "lazy") return [say(MADE_UP)];
    if (does === "inflates") return [say({}, 1)];
    if (does === "inflates lazily") return [say({ lies: { ...MADE_UP.lies, ...DENIED.lies } }, 1)];
    if (does === "denies") return [say(DENIED)];
    if (does === "refuses") return [attest(genesis, validator, submission, null, "delta-norm")];
    return [say()];
  });
  return weighAttestations(epochContext(genesis, state, registry, 1), drawn, attestations);
}

describe("a verdict", () => {
  it("is the honest members' while they hold more than half of the panel, and pays and blames accordingly", () => {
    let decided = 0;
    const players = fc.array(player, { minLength: PLACES.length, maxLength: PLACES.length });
    fc.assert(
      fc.property(players, (all) => {
        const doing = new Map(all.map(({ does }, i) => [PLACES[i] ?? "", does]));
        const reputation = new Map(all.map((one, i) => [PLACES[i] ?? "", one.reputation]));
        const verdict = weigh(all);
        const honest = verdict.committee.filter((nodeId) => doing.get(nodeId) === "honest");
        const weightOf = (some: readonly string[]) =>
          some.reduce((sum, nodeId) => sum + (reputation.get(nodeId) ?? 0), 0);
        if (2 * weightOf(honest) <= weightOf(verdict.committee)) return;
        decided += 1;
        expect(verdict.finding).toMatchObject({ pass: true, metrics: { lossMicroNats: 4_900_000 } });
        expect(verdict.right).toEqual([...honest].sort());
        const others = verdict.committee.filter(
          (nodeId) => !["honest", "silent"].includes(doing.get(nodeId) ?? ""),
        );
        expect(verdict.wrong).toEqual([...others].sort());
        const silent = drawn.committee.filter((nodeId) => doing.get(nodeId) === "silent");
        expect(verdict.missed).toEqual([...silent].sort());
      }),
      { numRuns: 60 },
    );
    expect(decided).toBeGreaterThan(5);
  });
});
