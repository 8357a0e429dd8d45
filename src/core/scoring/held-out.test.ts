import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Author,
  hashOf,
  makeAuthors,
  makeGenesis,
  makeRegistry,
  submit,
} from "../../../vectors/lib/world.ts";
import { genesisCid } from "../artifacts/genesis.ts";
import { decodeHeldOut, encodeHeldOut } from "../artifacts/held-out.ts";
import { genesisState } from "../artifacts/state.ts";
import { cidOf } from "../codec/dag-cbor.ts";
import { phaseWindow } from "../epoch/clock.ts";
import { epochContext } from "../epoch/context.ts";
import { sortMembers } from "../epoch/members.ts";
import { ConductRecord } from "../epoch/reputation.ts";
import { LIMITS } from "../limits.ts";
import { heldOutCommitmentOf } from "../messages/held-out-commit/schema.ts";
import type { Message } from "../messages/message.ts";
import type { State } from "../state.ts";
import { checkHeldOut, nextHeldOut, observedUtilityPpm, revealedTasks } from "./held-out.ts";

const EPOCH = 4;
const [KEEPER] = makeAuthors(makeGenesis(), 1).map(({ nodeId }) => nodeId);
const TASKS = cidOf(encodeHeldOut({ version: 1, pairs: [{ prompt: "a?", answer: "b" }] }));
const SALT = hashOf("salt");

function world(isPromised = true) {
  const genesis = makeGenesis({ heldOutKeeper: KEEPER ?? null });
  const authors = makeAuthors(genesis, 5);
  const [keeper, other] = authors;
  if (keeper === undefined || other === undefined) throw new Error("too few authors");
  const commitment = heldOutCommitmentOf(keeper.nodeId, TASKS, SALT);
  const heldOut = isPromised ? { commitment, epoch: EPOCH - 1 } : null;
  const state: State = { ...genesisState(genesis), heldOut };
  const metrics = { lossMicroNats: 4_900_000, accuracyPpm: 1 };
  const { submission } = submit(genesis, state, other, { epoch: EPOCH, metrics });
  return { genesis, keeper, other, state, submission, registry: makeRegistry(authors) };
}
type World = ReturnType<typeof world>;

const commit = ({ genesis }: World, author: Author) => {
  const { startMs } = phaseWindow(genesis, EPOCH, "commit");
  return author.sign("held-out-commit", { epoch: EPOCH, commitment: hashOf("next") }, startMs);
};
const reveal = ({ genesis }: World, author: Author, salt = SALT) => {
  const { startMs } = phaseWindow(genesis, EPOCH, "verify");
  return author.sign("held-out-reveal", { epoch: EPOCH, tasks: TASKS, salt }, startMs);
};

function close({ genesis, state, registry }: World, messages: readonly Message[]) {
  const context = epochContext(genesis, state, registry, EPOCH);
  const members = sortMembers(genesis, genesisCid(genesis), EPOCH, messages);
  const conduct = new ConductRecord();
  const { heldOut, refused } = nextHeldOut(context, members, conduct);
  return {
    heldOut,
    refused: refused.map(({ error }) => error.code),
    tasks: revealedTasks(context, members),
    conduct: [...conduct.entries()],
  };
}

describe("held-out tasks", () => {
  it("judge the epoch in which they are shown, and only when they were promised before", () => {
    const w = world();
    expect(close(w, [w.submission, reveal(w, w.keeper)])).toEqual({
      heldOut: null,
      refused: [],
      tasks: TASKS,
      conduct: [],
    });
    const early = world(false);
    expect(close(early, [early.submission, reveal(early, early.keeper)])).toMatchObject({
      tasks: undefined,
      refused: ["held-out-unknown"],
    });
  });

  it("are those that were promised", () => {
    const w = world();
    expect(close(w, [w.submission, reveal(w, w.keeper, hashOf("other salt"))])).toMatchObject({
      tasks: undefined,
      refused: ["held-out-mismatch"],
      heldOut: null,
      conduct: [[w.keeper.nodeId, "missed"]],
    });
  });

  it("lapse when they are due and not shown, at the cost of a missed duty", () => {
    const w = world();
    expect(close(w, [w.submission])).toMatchObject({ heldOut: null, conduct: [[KEEPER, "missed"]] });
  });

  it("wait while nobody has submitted anything", () => {
    const w = world();
    expect(close(w, [])).toMatchObject({ heldOut: w.state.heldOut, conduct: [] });
  });

  it("give way to newer ones", () => {
    const w = world();
    const next = { commitment: hashOf("next"), epoch: EPOCH };
    expect(close(w, [w.submission, commit(w, w.keeper)])).toMatchObject({ heldOut: next, conduct: [] });
    const both = world();
    expect(
      close(both, [both.submission, commit(both, both.keeper), reveal(both, both.keeper)]),
    ).toMatchObject({
      heldOut: next,
      tasks: TASKS,
    });
  });

  it("come from the keeper alone", () => {
    const w = world();
    expect(close(w, [w.submission, commit(w, w.other), reveal(w, w.other)])).toMatchObject({
      refused: ["not-keeper", "not-keeper"],
      tasks: undefined,
    });
  });

  it("are a block with limits", () => {
    const pairs = Array.from({ length: LIMITS.heldOutPairs }, (_, i) => ({ prompt: `${i}`, answer: "x" }));
    expect(decodeHeldOut(encodeHeldOut({ version: 1, pairs }))).toEqual({ version: 1, pairs });
    for (const broken of [[], [...pairs, { prompt: "one", answer: "more" }], [{ prompt: "", answer: "x" }]]) {
      expect(() => encodeHeldOut({ version: 1, pairs: broken })).toThrow(
        expect.objectContaining({ data: expect.objectContaining({ code: "unencodable" }) }),
      );
    }
  });
});

describe("what they count", () => {
  const state = genesisState(makeGenesis({ heldOutSharePpm: 300_000 }));
  const found = (lossMicroNats: number) => ({ lossMicroNats, accuracyPpm: 1, utilityPpm: 0 });
  const heldOut = (lossMicroNats: number) => ({
    tasks: TASKS,
    lossBeforeMicroNats: 2_000_000,
    lossMicroNats,
  });

  it("is their share of u_obs", () => {
    expect(observedUtilityPpm(state, found(4_900_000), null)).toBe(20_000);
    expect(observedUtilityPpm(state, found(4_900_000), heldOut(1_800_000))).toBe(44_000);
    expect(observedUtilityPpm(state, found(4_900_000), heldOut(2_010_000))).toBe(14_000);
  });

  it("refuses what loses more on them than it gains on the benchmark", () => {
    // 2 % gained: 40,000 of 2,000,000 may be lost.
    expect(checkHeldOut(state, found(4_900_000), heldOut(2_040_000))).toBeUndefined();
    expect(checkHeldOut(state, found(4_900_000), heldOut(2_040_001))).toMatchObject({
      code: "held-out-worse",
      verdict: "IGNORE",
    });
    expect(checkHeldOut(state, found(4_900_000), null)).toBeUndefined();
  });

  it("never lifts a utility above the better of the two, nor below the worse", () => {
    const loss = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(loss, loss, (publicLoss, heldOutLoss) => {
        const both = observedUtilityPpm(state, found(publicLoss), heldOut(heldOutLoss));
        const alone = observedUtilityPpm(state, found(publicLoss), null);
        const others = observedUtilityPpm(
          { ...state, parameters: { ...state.parameters, heldOutSharePpm: 1_000_000 } },
          found(publicLoss),
          heldOut(heldOutLoss),
        );
        expect(both).toBeGreaterThanOrEqual(Math.min(alone, others) - 1);
        expect(both).toBeLessThanOrEqual(Math.max(alone, others));
      }),
    );
  });
});
