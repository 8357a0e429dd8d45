import { describe, expect, it } from "vitest";
import { playEpoch } from "../../../vectors/lib/epoch.ts";
import { governed } from "../../../vectors/lib/governed.ts";
import { decodeState, encodeState, stateRoot } from "../artifacts/state.ts";
import { transition } from "../epoch/transition.ts";
import type { TypedMessage } from "../messages/message.ts";
import type { ParameterChanges } from "../parameters.ts";
import type { State } from "../state.ts";

/** Opens proposals by authors 1, 2, …, has authors 3 and 4 vote for each, and closes the epoch that counts the votes. */
function decide(...wanted: readonly ParameterChanges[]) {
  const world = governed();
  const { at, step, propose, vote } = world;
  const proposals = wanted.map((changes, i) => propose(at(i + 1), 0, changes));
  const open = step(world.state, 0, proposals);
  const ballots = (of: TypedMessage<"proposal">) => [3, 4].map((i) => vote(at(i), of.cid, "for"));
  const voted = step(open.state, 1, proposals.flatMap(ballots));
  const closed = step(voted.state, 3, []);
  return { ...world, proposals, open, voted, closed };
}

const statusOf = (state: State, proposal: TypedMessage<"proposal"> | undefined) =>
  state.proposals.get(proposal?.cid ?? "");

describe("a proposal's changes", () => {
  it("take effect with the state of the epoch that counts the votes, not before", () => {
    const { state, open, voted, closed, proposals } = decide({ committeeSize: 7, quorumPpm: 200_000 });
    expect(open.state.parameters).toEqual(state.parameters);
    expect(voted.state.parameters).toEqual(state.parameters);
    expect(closed.state.parameters).toEqual({ ...state.parameters, committeeSize: 7, quorumPpm: 200_000 });
    expect(statusOf(closed.state, proposals[0])).toMatchObject({
      status: "passed",
      replaced: { committeeSize: 3, quorumPpm: 100_000 },
    });
  });

  it("hold in the epoch after, and survive the state's encoding", () => {
    const { at, step, propose, closed } = decide({ quorumPpm: 500_000 });
    const next = propose(at(0));
    const { state } = step(closed.state, 4, [next]);
    expect(statusOf(state, next)?.quorumWei).toBe(750n * 10n ** 18n);
    const read = decodeState(encodeState(state));
    expect(read.parameters.quorumPpm).toBe(500_000);
    expect(stateRoot(read)).toBe(stateRoot(state));
  });

  it("are refused at the opening when they break a rule as things stand", () => {
    const { at, step, propose, state } = governed();
    const result = step(state, 0, [propose(at(0), 0, { deltaClipNormMicro: 10_000_001 })]);
    expect(result.errors[0]?.error).toEqual({
      code: "parameter-rule",
      message: "These parameters do not fit together",
      expected: "a clip norm of at most the norm bound",
      received: "deltaClipNormMicro 10000001, deltaNormBoundMicro 10000000",
      verdict: "IGNORE",
    });
    expect(result.state.proposals.size).toBe(0);
  });

  it("take effect one proposal after another, by CID, and a later one wins", () => {
    const { closed, proposals } = decide({ committeeSize: 5 }, { committeeSize: 9 });
    const [first, second] = [...proposals].sort((a, b) => (a.cid < b.cid ? -1 : 1));
    const wanted = second?.envelope.body.changes?.committeeSize;
    expect(closed.state.parameters.committeeSize).toBe(wanted);
    expect(statusOf(closed.state, first)).toMatchObject({ status: "passed", replaced: { committeeSize: 3 } });
    expect(statusOf(closed.state, second)?.replaced).toEqual(first?.envelope.body.changes);
  });

  it("are void as a whole when what took effect before them leaves no room", () => {
    // Each is good alone; a bound of 7,000,000 and a clip norm of 8,000,000 are not good together.
    const { closed, proposals, state } = decide(
      { deltaNormBoundMicro: 7_000_000, committeeSize: 5 },
      { deltaClipNormMicro: 8_000_000, committeeSize: 9 },
    );
    const [first, second] = [...proposals].sort((a, b) => (a.cid < b.cid ? -1 : 1));
    expect(statusOf(closed.state, first)?.status).toBe("passed");
    expect(statusOf(closed.state, second)).toMatchObject({ status: "void", replaced: null });
    expect(closed.state.parameters).toEqual({ ...state.parameters, ...first?.envelope.body.changes });
  });

  it("change nothing when the proposal fails, and a question changes nothing when it passes", () => {
    const { at, step, propose, vote, state } = governed();
    const [unwanted, question] = [propose(at(1), 0, { committeeSize: 5 }), propose(at(2))];
    const open = step(state, 0, [unwanted, question]).state;
    const voted = step(open, 1, [
      vote(at(4), question.cid, "for"),
      vote(at(4), unwanted.cid, "against"),
    ]).state;
    const closed = step(voted, 3, []).state;
    expect(statusOf(closed, unwanted)).toMatchObject({ status: "failed", replaced: null });
    expect(statusOf(closed, question)).toMatchObject({ status: "passed", replaced: null });
    expect(closed.parameters).toEqual(state.parameters);
  });

  it("to the threshold of votes leave open votes as they were", () => {
    const { at, step, propose, vote, state } = governed();
    const hurdle = propose(at(1), 0, { passThresholdPpm: 900_000, proposalBondWei: 10n ** 18n });
    const open = step(state, 0, [hurdle]).state;
    const later = propose(at(0), 1);
    const voted = step(open, 1, [vote(at(4), hurdle.cid, "for"), later]).state;
    const decided = step(voted, 3, [vote(at(4), later.cid, "for"), vote(at(3), later.cid, "against")]).state;
    expect(decided.parameters.passThresholdPpm).toBe(900_000);
    const { status, passThresholdPpm } = statusOf(step(decided, 4, []).state, later) ?? {};
    expect({ status, passThresholdPpm }).toEqual({ status: "passed", passThresholdPpm: 500_000 });
  });
});

describe("parameters", () => {
  it("are changed by nothing but a passed proposal", () => {
    const { genesis, state, messages, artifacts, messageSet } = playEpoch();
    const result = transition(genesis, state, { messageSet, messages, artifacts });
    expect(new Set(messages.map(({ kind }) => kind)).size).toBeGreaterThan(4);
    expect(result.state.proposals.size).toBe(1);
    expect(result.state.parameters).toBe(genesis.parameters);
  });
});
