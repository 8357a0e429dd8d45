import { describe, expect, it } from "vitest";
import type { ProposalSummary } from "../../app/parley.ts";
import { quorumPercent, tally } from "./tally.ts";

const proposal: ProposalSummary = {
  cid: "bafy",
  title: "t",
  text: "x",
  author: "00",
  state: "open",
  changes: null,
  replaced: null,
  forWei: 6n,
  againstWei: 3n,
  abstainWei: 1n,
  quorumWei: 40n,
};

describe("tally", () => {
  it("shows each choice as its share of the votes cast", () => {
    expect(tally(proposal).map((bar) => bar.percent)).toEqual([60, 30, 10]);
  });

  it("shows no share of nothing", () => {
    const none = { ...proposal, forWei: 0n, againstWei: 0n, abstainWei: 0n };
    expect(tally(none).map((bar) => bar.percent)).toEqual([0, 0, 0]);
    expect(quorumPercent(none)).toBe(0);
  });

  it("fills the quorum with all votes cast and stops at 100", () => {
    expect(quorumPercent(proposal)).toBe(25);
    expect(quorumPercent({ ...proposal, quorumWei: 5n })).toBe(100);
    expect(quorumPercent({ ...proposal, quorumWei: 0n })).toBe(100);
  });
});
