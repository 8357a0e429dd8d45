import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { governed } from "../../../vectors/lib/governed.ts";
import { TOKEN_WEI } from "../../../vectors/lib/world.ts";
import { LIMITS } from "../limits.ts";
import type { ProposalState } from "../state.ts";
import { electorateOf } from "./electorate.ts";

const tokens = (count: number) => BigInt(count) * TOKEN_WEI;

describe("what it takes to propose", () => {
  it("is the minimum stake for proposals, and is told to who has less", () => {
    const { at, step, propose, state } = governed({ proposalMinimumStakeWei: tokens(300) });
    const { refused, errors } = step(state, 0, [propose(at(1)), propose(at(2))]);
    expect(refused).toEqual(["proposal-stake"]);
    expect(errors[0]?.error).toMatchObject({
      verdict: "IGNORE",
      expected: `at least ${tokens(300)} wei`,
      received: `${tokens(200)} wei`,
    });
  });

  it("is a stake that covers the bonds of all that its author has open", () => {
    const { at, step, propose, state } = governed({ proposalBondWei: tokens(150) });
    expect(step(state, 0, [propose(at(0))]).refused).toEqual(["proposal-stake"]);
    const one = step(state, 0, [propose(at(1))]);
    expect(one.refused).toEqual([]);
    expect(step(one.state, 1, [propose(at(1))]).refused).toEqual(["proposal-stake"]);
  });
});

describe("a proposal's bond", () => {
  const opened = () => {
    const world = governed({ proposalBondWei: tokens(150) });
    const proposal = world.propose(world.at(4));
    return { ...world, proposal, open: world.step(world.state, 0, [proposal]).state };
  };

  it("is taken from its author when the quorum is missed, and goes to the pool", () => {
    const { at, step, proposal, open } = opened();
    expect(open.chargedWei.size).toBe(0);
    const closed = step(open, 3, []);
    expect(closed.charges).toContainEqual({
      nodeId: at(4).nodeId,
      reason: "proposal-bond",
      source: proposal.cid,
      amountWei: tokens(150),
    });
    expect(closed.state.chargedWei.get(at(4).nodeId)).toBe(tokens(150));
    expect(closed.state.poolWei).toBe(open.poolWei + tokens(150));
  });

  it("stays with its author when enough voted, even when they voted against", () => {
    const { at, step, proposal, open, vote } = opened();
    const voted = step(open, 1, [vote(at(3), proposal.cid, "against")]).state;
    const closed = step(voted, 3, []);
    expect(closed.state.proposals.get(proposal.cid)?.status).toBe("failed");
    expect(closed.charges).toEqual([]);
  });

  it("is the bond that stood when it opened, whatever was decided meanwhile", () => {
    const { at, step, open } = opened();
    const dearer = { ...open, parameters: { ...open.parameters, proposalBondWei: tokens(400) } };
    expect(step(dearer, 3, []).state.chargedWei.get(at(4).nodeId)).toBe(tokens(150));
  });
});

describe("voting power", () => {
  it("needs the minimum stake of voters", () => {
    const { at, step, propose, vote, state } = governed({ voteMinimumStakeWei: tokens(300) });
    const proposal = propose(at(0));
    const open = step(state, 0, [proposal]).state;
    expect(open.proposals.get(proposal.cid)).toMatchObject({ quorumWei: tokens(120) });
    expect(step(open, 1, [vote(at(1), proposal.cid, "for")]).refused).toEqual(["not-staked"]);
    expect(step(open, 1, [vote(at(2), proposal.cid, "for")]).refused).toEqual([]);
  });

  it("is what charges have left of a stake", () => {
    const { at, step, propose, state } = governed();
    const charged = { ...state, chargedWei: new Map([[at(4).nodeId, tokens(70)]]) };
    const proposal = propose(at(0));
    const { weights } = step(charged, 0, [proposal]).state.proposals.get(proposal.cid) ?? {};
    expect(weights?.get(at(4).nodeId)).toBe(tokens(430));
    expect(weights?.get(at(3).nodeId)).toBe(tokens(400));
  });

  it("is capped alike in what a voter counts and in the quorum", () => {
    const { at, step, propose, vote, state } = governed({ voterCapPpm: 200_000 });
    const proposal = propose(at(0));
    const open = step(state, 0, [proposal]).state;
    // 1,500 tokens: nobody counts for more than 300, so 100 + 200 + 300 + 300 + 300 in all.
    expect(open.proposals.get(proposal.cid)?.quorumWei).toBe(tokens(120));
    const voted = step(open, 1, [vote(at(4), proposal.cid, "for"), vote(at(2), proposal.cid, "against")]);
    expect(voted.state.proposals.get(proposal.cid)).toMatchObject({
      forWei: tokens(300),
      againstWei: tokens(300),
    });
  });

  it("of everybody together always reaches the quorum, and no weight is above stake or cap", () => {
    const stakesArbitrary = fc.array(fc.bigInt(1n, 10n ** 27n), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        stakesArbitrary,
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.nat(1_000_000),
        (stakes, cap, quorum) => {
          const { genesis } = governed();
          const parameters = {
            ...genesis.parameters,
            voteMinimumStakeWei: 0n,
            voterCapPpm: cap,
            quorumPpm: quorum,
          };
          const entries = stakes.map((stakeWei, i) => ({
            nodeId: `${i}`,
            operator: genesis.chain.token,
            account: genesis.chain.token,
            stakeWei,
            delegatedWei: 0n,
            lockedUntilMs: 0,
          }));
          const staked = new Map(entries.map((entry) => [entry.nodeId, entry]));
          const { weights, quorumWei } = electorateOf({ staked, parameters });
          const powerWei = stakes.reduce((sum, stakeWei) => sum + stakeWei, 0n);
          const totalWei = [...weights.values()].reduce((sum, weightWei) => sum + weightWei, 0n);
          expect(quorumWei).toBeLessThanOrEqual(totalWei);
          expect(quorumWei * 1_000_000n).toBeGreaterThanOrEqual(totalWei * BigInt(quorum));
          for (const [i, stakeWei] of stakes.entries()) {
            const weightWei = weights.get(`${i}`) ?? 0n;
            expect(weightWei).toBeLessThanOrEqual(stakeWei);
            expect(weightWei * 1_000_000n).toBeLessThanOrEqual(powerWei * BigInt(cap));
          }
        },
      ),
    );
  });
});

describe("closed proposals", () => {
  it("are forgotten but for those that closed last, and open ones never are", () => {
    const { at, step, propose, state } = governed();
    const proposal = propose(at(0));
    const open = step(state, 0, [proposal]).state.proposals.get(proposal.cid);
    if (open === undefined) throw new Error("not opened");
    const old = Array.from({ length: LIMITS.closedProposals + 9 }, (_, i): [string, ProposalState] => [
      propose(at(1)).cid,
      { ...open, status: i % 2 === 0 ? "failed" : "passed", closesAtMs: 1_000 + i, weights: new Map() },
    ]);
    const { proposals } = step({ ...state, proposals: new Map([...old, [proposal.cid, open]]) }, 0, []).state;
    expect(proposals.get(proposal.cid)?.status).toBe("open");
    expect(proposals.size).toBe(LIMITS.closedProposals + 1);
    for (const [i, [cid]] of old.entries()) expect(proposals.has(cid), `${i}`).toBe(i >= 9);
  });
});
