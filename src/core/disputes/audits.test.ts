import { describe, expect, it } from "vitest";
import { Court, TRUE } from "../../../vectors/lib/disputes.ts";
import { hashOf } from "../../../vectors/lib/world.ts";
import { drawAuditors } from "./audits.ts";
import { isSettlementDue } from "./due.ts";

const HONEST = ["claimed", "claimed", "claimed"] as const;

/** One passed verdict; the next epoch may audit it. */
function judged(auditPpm: number) {
  const court = new Court({ auditPpm });
  const { submission } = court.judge(HONEST);
  return { court, submission };
}

describe("random audits", () => {
  it("are drawn by the first epoch after the verdict, from nodes that had nothing to do with it, and never again", () => {
    const { court, submission } = judged(1_000_000);
    const auditor = drawAuditors(court.context).get(submission.cid);
    court.close();
    const { author, committee, auditor: noted } = court.record(submission.cid);
    expect(noted).toBe(auditor);
    expect([author, ...committee]).not.toContain(auditor);
    expect(drawAuditors(court.context).size).toBe(0);
    court.close();
    expect(court.record(submission.cid).auditor).toBe(auditor);
  });

  it("hang on a root and a block that nobody knew when the verdict was made", () => {
    const { court, submission } = judged(1_000_000);
    const drawn = new Set(
      ["a", "b", "c", "d", "e", "f"].map((name) => {
        court.registry = { ...court.registry, blockHash: hashOf(`block ${name}`) };
        return drawAuditors(court.context).get(submission.cid);
      }),
    );
    expect(drawn.size).toBeGreaterThan(1);
  });

  it("are of the share that the parameter says", () => {
    const { court } = judged(250_000);
    let audited = 0;
    for (let i = 0; i < 400; i++) {
      court.registry = { ...court.registry, blockHash: hashOf(`share ${i}`) };
      audited += drawAuditors(court.context).size;
    }
    expect(audited).toBeGreaterThan(70);
    expect(audited).toBeLessThan(130);
    expect(drawAuditors(judged(0).court.context).size).toBe(0);
  });

  it("are not drawn when nobody could dispute any more", () => {
    const { court } = judged(1_000_000);
    court.epoch = 7;
    expect(drawAuditors(court.context).size).toBe(0);
  });
});

describe("an epoch in which nobody says anything", () => {
  it("is worth closing for an audit, an open dispute, pay that is due and a charge that becomes final; else not", () => {
    expect(isSettlementDue(judged(1_000_000).court.context)).toBe(true);
    const { court, submission } = judged(0);
    expect(isSettlementDue(court.context)).toBe(false);
    court.close([court.disputing(court.outsider(submission.cid), submission, TRUE)]);
    expect(isSettlementDue(court.context)).toBe(true);

    const held = new Court({ auditPpm: 0, vestingEpochs: 3 });
    held.judge(HONEST);
    expect(isSettlementDue(held.context)).toBe(false);
    held.epoch = 4;
    expect(isSettlementDue(held.context)).toBe(true);

    const refused = new Court({ auditPpm: 0 });
    refused.judge(["true", "true", "true"]);
    expect(isSettlementDue(refused.context)).toBe(false);
    refused.epoch = 6;
    expect(isSettlementDue(refused.context)).toBe(true);
  });
});
