import { describe, expect, it } from "vitest";
import { governed as world } from "../../../vectors/lib/governed.ts";
import { TOKEN_WEI } from "../../../vectors/lib/world.ts";
import { isPending } from "./proposals.ts";

describe("governance", () => {
  it("passes a proposal with quorum and more than half for it", () => {
    const { at, step, propose, vote, state } = world();
    const proposal = propose(at(0));
    const opened = step(state, 0, [proposal]).state;
    const voted = step(opened, 1, [
      vote(at(4), proposal.cid, "for"),
      vote(at(3), proposal.cid, "against"),
    ]).state;
    expect(voted.proposals.get(proposal.cid)).toMatchObject({
      status: "open",
      forWei: 500n * TOKEN_WEI,
      againstWei: 400n * TOKEN_WEI,
      quorumWei: 150n * TOKEN_WEI,
    });
    const closed = step(voted, 3, []).state.proposals.get(proposal.cid);
    expect(closed).toMatchObject({ status: "passed", forWei: 500n * TOKEN_WEI });
    expect(closed?.ballots.size).toBe(0);
  });

  it.each([
    ["below quorum", [[0, "for"]]],
    [
      "a draw",
      [
        [0, "for"],
        [3, "against"],
        [2, "for"],
      ],
    ],
    ["only abstentions", [[4, "abstain"]]],
  ] as const)("fails a proposal with %s", (_name, ballots) => {
    const { at, step, propose, vote, state } = world();
    const proposal = propose(at(4));
    const opened = step(state, 0, [proposal]).state;
    const messages = ballots.map(([index, choice]) => vote(at(index), proposal.cid, choice));
    const closed = step(step(opened, 1, messages).state, 3, []).state;
    expect(closed.proposals.get(proposal.cid)?.status).toBe("failed");
  });

  it("counts the last ballot of a voter, in whatever order and epoch they come", () => {
    const { at, step, propose, vote, state } = world();
    const proposal = propose(at(0));
    const first = vote(at(1), proposal.cid, "for");
    const second = vote(at(1), proposal.cid, "against");
    const opened = step(state, 0, [proposal]).state;
    const together = step(opened, 1, [second, first]);
    expect(together.refused).toEqual(["superseded"]);
    expect(together.state.proposals.get(proposal.cid)).toMatchObject({
      forWei: 0n,
      againstWei: 200n * TOKEN_WEI,
    });
    const late = step(together.state, 2, [first]);
    expect(late.refused).toEqual(["superseded"]);
    expect(late.state.proposals).toEqual(together.state.proposals);
  });

  it("refuses ballots after the end, of strangers, and on nothing", () => {
    const { at, step, propose, vote, state } = world();
    const proposal = propose(at(0));
    const opened = step(state, 0, [proposal]).state;
    expect(step(opened, 1, [vote(at(5), proposal.cid, "for")]).refused).toEqual(["not-staked"]);
    expect(
      step(opened, 1, [
        vote(at(1), at(1).sign("ballot", { proposal: proposal.cid, choice: "for" }, 1).cid, "for"),
      ]).refused,
    ).toEqual(["proposal-unknown"]);
    const skipped = step(opened, 4, [vote(at(2), proposal.cid, "for")]);
    expect(skipped.refused).toEqual(["voting-closed"]);
    expect(skipped.state.proposals.get(proposal.cid)?.status).toBe("failed");
  });

  it("never opens a proposal again, not even one that the state has forgotten", () => {
    const { genesis, at, step, propose, state } = world();
    const [first, second] = [propose(at(0)), propose(at(0))];
    const later = step(state, 0, [second]).state;
    expect(isPending(genesis, later, 1, first)).toBe(false);
    expect(step(later, 1, [first]).refused).toEqual(["superseded"]);
    const forgotten = { ...later, proposals: new Map() };
    expect(step(forgotten, 1, [second]).refused).toEqual(["superseded"]);
    expect(step(forgotten, 1, [propose(at(0))]).refused).toEqual([]);
  });

  it("takes one proposal an epoch from each staked author, and each only once", () => {
    const { at, step, propose, state } = world();
    const first = propose(at(0));
    const result = step(state, 0, [first, propose(at(0)), propose(at(5))]);
    expect(result.refused.sort()).toEqual(["not-staked", "proposal-limit"]);
    expect(result.state.proposals.size).toBe(1);
    expect(step(result.state, 1, [first]).refused).toEqual(["duplicate"]);
  });

  it("tells leaders what still waits to be included", () => {
    const { genesis, at, step, propose, vote, state } = world();
    const proposal = propose(at(0));
    expect(isPending(genesis, state, 0, proposal)).toBe(true);
    const opened = step(state, 0, [proposal]).state;
    expect(isPending(genesis, opened, 1, proposal)).toBe(false);
    const ballot = vote(at(1), proposal.cid, "for");
    expect(isPending(genesis, opened, 1, ballot)).toBe(true);
    expect(isPending(genesis, opened, 4, ballot)).toBe(false);
    expect(isPending(genesis, opened, 1, vote(at(5), proposal.cid, "for"))).toBe(false);
    expect(isPending(genesis, step(opened, 1, [ballot]).state, 2, ballot)).toBe(false);
  });
});
