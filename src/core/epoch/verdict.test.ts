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
import { cidOf } from "../codec/dag-cbor.ts";
import type { HeldOutResult } from "../messages/attestation/schema.ts";
import type { ReportedMetrics } from "../primitives.ts";
import type { State } from "../state.ts";
import { inOrderDrawn } from "./committee.ts";
import { epochContext } from "./context.ts";
import { isReservesTurn, seatPanel } from "./panel.ts";
import { reservesFromMs } from "./timing.ts";
import { weighAttestations } from "./verdict.ts";

const genesis = makeGenesis();
const authors = makeAuthors(genesis, 7);
const [submitter, ...validators] = authors;
const ids = validators.map(({ nodeId }) => nodeId);
const committee = ids.slice(0, 3);
const drawn = { committee, reserves: ids.slice(3, 5) };
const MIDDLE_MS = reservesFromMs(genesis, 1);
const TASKS = cidOf(Uint8Array.of(1));

interface Finding extends AttestOptions {
  readonly metrics?: Partial<ReportedMetrics>;
  /** Refused before the benchmark. */
  readonly refusal?: string;
}

function stateWith(reputations: readonly number[]): State {
  return {
    ...genesisState(genesis),
    reputations: new Map(reputations.map((ppm, i) => [ids[i] ?? "", ppm])),
  };
}

/** Attestations of the drawn in their order; undefined stays away. `reputations` likewise. */
function say(findings: readonly (Finding | undefined)[], reputations: readonly number[] = []) {
  const state = stateWith(reputations);
  if (submitter === undefined) throw new Error("no submitter");
  const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 210_000 };
  const { submission } = submit(genesis, state, submitter, { epoch: 1, metrics });
  const attestations = findings.flatMap((finding, i) => {
    const validator = validators[i];
    if (validator === undefined || finding === undefined) return [];
    const { metrics: changes = {}, refusal = null, ...options } = finding;
    const timestampMs = i < committee.length ? {} : { timestampMs: MIDDLE_MS };
    const measured = { ...submission.envelope.body.reportedMetrics, ...changes };
    const said = { drawn: inOrderDrawn(drawn), ...timestampMs, ...options };
    return [attest(genesis, validator, submission, refusal === null ? measured : null, refusal, said)];
  });
  return { attestations, context: epochContext(genesis, state, makeRegistry(authors), 1) };
}

function weigh(findings: readonly (Finding | undefined)[], reputations: readonly number[] = []) {
  const { context, attestations } = say(findings, reputations);
  return weighAttestations(context, drawn, attestations, TASKS);
}

const same: Finding = {};
const off: Finding = { metrics: { lossMicroNats: 4_900_001 } };
const absent = undefined;
const lazy: Finding = { lies: { workDigest: hashOf("made up"), checks: [] } };
const heldOut = (lossMicroNats: number, tasks = TASKS): Finding => ({
  heldOut: { tasks, lossBeforeMicroNats: 5_000_000, lossMicroNats },
});

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
    const verdict = weigh([{ refusal: "tensor-shape" }, { refusal: "malformed-bundle" }, same]);
    expect(verdict.finding).toEqual({
      pass: false,
      reason: "malformed-bundle",
      metrics: null,
      heldOut: null,
    });
    expect(verdict.wrong).toEqual([committee[2]]);
  });

  it("does not hear those who were not drawn", () => {
    const verdict = weigh([absent, absent, absent, absent, absent, same]);
    expect(verdict.finding).toBeUndefined();
    expect(verdict.attested).toEqual([]);
  });

  it("puts aside who claims work that it did not do, and whoever denies others theirs", () => {
    const verdict = weigh([same, lazy, same]);
    expect(verdict.finding?.pass).toBe(true);
    expect(verdict).toMatchObject({ unproved: [committee[1]], wrong: [committee[1]] });
    const denied = weigh([same, same, { lies: { checks: committee.map(() => "00".repeat(16)) } }]);
    expect(denied).toMatchObject({ unproved: [committee[2]], right: committee.slice(0, 2).sort() });
  });

  it("does not count copied metrics for the majority", () => {
    expect(weigh([same, lazy, absent]).finding).toBeUndefined();
    expect(weigh([lazy, lazy, lazy])).toMatchObject({ finding: undefined, wrong: [], unproved: [] });
  });
});

describe("a panel", () => {
  it("has reserves in the places of silent members, in the order drawn", () => {
    const verdict = weigh([same, absent, absent, same, same]);
    expect(verdict.committee).toEqual([ids[0], ids[3], ids[4]]);
    expect(verdict).toMatchObject({ missed: [ids[1], ids[2]].sort(), finding: { pass: true } });
    expect(verdict.right).toHaveLength(3);
    expect(weigh([same, absent, same, absent, same]).committee).toEqual([ids[0], ids[4], ids[2]]);
  });

  it("neither pays nor blames a reserve that is not needed", () => {
    const verdict = weigh([same, same, same, off, lazy]);
    expect(verdict.committee).toEqual(committee);
    expect([...verdict.right, ...verdict.wrong, ...verdict.missed].sort()).toEqual([...committee].sort());
  });

  it("does not hear a reserve that spoke before the middle of the verify phase", () => {
    const early = { timestampMs: MIDDLE_MS - 1 };
    expect(weigh([same, absent, absent, early]).committee).toEqual(committee);
    expect(weigh([same, absent, absent, early]).finding).toBeUndefined();
    expect(weigh([same, absent, absent, { timestampMs: MIDDLE_MS }]).committee).toContain(ids[3]);
  });

  it("keeps the weight of a silent member for whom nobody stands in", () => {
    expect(weigh([same, absent, absent], [300_000, 500_000, 500_000]).finding).toBeUndefined();
    expect(weigh([same, absent, absent, same, same], [300_000, 500_000, 500_000]).finding?.pass).toBe(true);
  });

  it("calls as many reserves as are missing at the middle, and all at three quarters", () => {
    const { context, attestations } = say([same, same]);
    const turnsAt = (nowMs: number) =>
      drawn.reserves.map((reserve) => isReservesTurn(context, drawn, attestations, reserve, nowMs));
    expect(turnsAt(MIDDLE_MS - 1)).toEqual([false, false]);
    expect(turnsAt(MIDDLE_MS)).toEqual([true, false]);
    expect(turnsAt(reservesFromMs(genesis, 1, 3))).toEqual([true, true]);
    const full = say([same, same, same]);
    expect(isReservesTurn(full.context, drawn, full.attestations, ids[3] ?? "", MIDDLE_MS)).toBe(false);
    const replaced = say([same, same, absent, same]);
    expect(seatPanel(replaced.context, drawn, replaced.attestations).members).toContain(ids[3]);
    expect(isReservesTurn(replaced.context, drawn, replaced.attestations, ids[4] ?? "", MIDDLE_MS)).toBe(
      false,
    );
  });
});

describe("a result on held-out tasks", () => {
  const agreed = (lossMicroNats: number): HeldOutResult => ({
    tasks: TASKS,
    lossBeforeMicroNats: 5_000_000,
    lossMicroNats,
  });

  it("counts when more than half of the panel gives it, and blames nobody who saw the tasks too late", () => {
    const verdict = weigh([heldOut(4_000_000), heldOut(4_000_000), same]);
    expect(verdict.finding?.heldOut).toEqual(agreed(4_000_000));
    expect(verdict).toMatchObject({ right: [...committee].sort(), wrong: [] });
  });

  it("is none when half of the panel or less has seen the tasks", () => {
    const verdict = weigh([heldOut(4_000_000), same, same]);
    expect(verdict.finding).toMatchObject({ pass: true, heldOut: null });
    expect(verdict.wrong).toEqual([]);
  });

  it("makes wrong who measured the same tasks otherwise, whatever its other finding", () => {
    const verdict = weigh([heldOut(4_000_000), heldOut(4_000_000), heldOut(3_000_000)]);
    expect(verdict.finding?.heldOut).toEqual(agreed(4_000_000));
    expect(verdict).toMatchObject({ wrong: [committee[2]], right: committee.slice(0, 2).sort() });
  });

  it("is not of other tasks than those revealed", () => {
    const other = heldOut(4_000_000, cidOf(Uint8Array.of(2)));
    expect(weigh([other, other, other]).finding?.heldOut).toBeNull();
  });
});
