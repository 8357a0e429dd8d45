import { describe, expect, it } from "vitest";
import { attest, makeAuthors, makeGenesis, makeRegistry, submit } from "../../../vectors/lib/world.ts";
import { genesisState } from "../artifacts/state.ts";
import type { ReportedMetrics } from "../primitives.ts";
import type { State } from "../state.ts";
import { epochContext } from "./context.ts";
import { weighAttestations } from "./verdict.ts";

const genesis = makeGenesis();
const authors = makeAuthors(genesis, 5);
const [submitter, ...validators] = authors;
const committee = validators.slice(0, 3).map(({ nodeId }) => nodeId);

/** Findings of the committee's members in order; undefined stays away. `reputations` likewise. */
function weigh(
  findings: readonly ((metrics: ReportedMetrics) => ReportedMetrics | string | undefined)[],
  reputations: readonly number[] = [],
) {
  const fresh = genesisState(genesis);
  const state: State = {
    ...fresh,
    reputations: new Map(reputations.map((ppm, i) => [committee[i] ?? "", ppm])),
  };
  if (submitter === undefined) throw new Error("no submitter");
  const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };
  const { submission } = submit(genesis, state, submitter, { epoch: 1, metrics });
  const attestations = findings.flatMap((find, i) => {
    const validator = validators[i];
    const found = find(submission.envelope.body.reportedMetrics);
    if (validator === undefined || found === undefined) return [];
    return typeof found === "string"
      ? [attest(genesis, validator, submission, null, found)]
      : [attest(genesis, validator, submission, found)];
  });
  const context = epochContext(genesis, state, makeRegistry(authors), 1);
  return weighAttestations(context, committee, attestations);
}

const same = (metrics: ReportedMetrics) => metrics;
const off = (metrics: ReportedMetrics) => ({ ...metrics, lossMicroNats: metrics.lossMicroNats + 1 });
const absent = () => undefined;

describe("verdict", () => {
  it("is what two of three equals say", () => {
    const verdict = weigh([same, same, absent]);
    expect(verdict.finding).toMatchObject({ pass: true, reason: null });
    expect(verdict.right).toEqual(committee.slice(0, 2).sort());
    expect(verdict.missed).toEqual([committee[2]]);
  });

  it("asks for equal metrics, not only for equal opinions", () => {
    expect(weigh([same, off, absent]).finding).toBeUndefined();
    const verdict = weigh([same, off, same]);
    expect(verdict.finding?.metrics).toMatchObject({ lossMicroNats: 4_900_000 });
    expect(verdict.wrong).toEqual([committee[1]]);
  });

  it("weighs by reputation, and half is no majority", () => {
    expect(weigh([same, absent, absent], [500_000, 250_000, 250_000]).finding).toBeUndefined();
    expect(weigh([same, off, off], [500_001, 250_000, 250_000]).finding?.metrics).toMatchObject({
      lossMicroNats: 4_900_000,
    });
  });

  it("takes refusals together whatever words they use", () => {
    const verdict = weigh([() => "tensor-shape", () => "malformed-bundle", same]);
    expect(verdict.finding).toEqual({ pass: false, reason: "malformed-bundle", metrics: null });
    expect(verdict.wrong).toEqual([committee[2]]);
  });

  it("does not hear those who were not drawn", () => {
    const verdict = weigh([absent, absent, absent, same]);
    expect(verdict.finding).toBeUndefined();
    expect(verdict.attested).toEqual([]);
  });
});
