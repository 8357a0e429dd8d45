import { describe, expect, it } from "vitest";
import { CLAIMED, Court, TRUE } from "../../../vectors/lib/disputes.ts";
import { collect } from "../epoch/inclusion.ts";
import type { Message } from "../messages/message.ts";
import { drawAuditors } from "./audits.ts";

const HONEST = ["claimed", "claimed", "claimed"] as const;

const included = (court: Court, ...messages: Message[]) =>
  collect(court.context, messages).map(({ cid }) => cid);

describe("an epoch's set", () => {
  it("has room for disputes that have a point, and for no others", () => {
    const court = new Court({ auditPpm: 0 });
    const { submission } = court.judge(HONEST);
    const [one, other] = [0, 1].map((skip) => court.outsider(submission.cid, skip));
    if (one === undefined || other === undefined) throw new Error("no outsiders");
    const dispute = court.disputing(one, submission, TRUE);
    const frivolous = court.disputing(other, submission, CLAIMED);
    expect(included(court, dispute, frivolous)).toEqual([dispute.cid]);
  });

  it("has room for an auditor's word that a delta was not trained as told, in the very epoch that draws it", () => {
    const court = new Court({ auditPpm: 1_000_000 });
    const { submission } = court.judge(HONEST);
    const auditor = drawAuditors(court.context).get(submission.cid);
    const dispute = court.disputing(court.author(auditor), submission, CLAIMED);
    expect(included(court, dispute)).toEqual([dispute.cid]);
  });

  it("has room for rulings of a jury in the very epoch that draws it, and for nobody else's", () => {
    const court = new Court({ auditPpm: 0 });
    const { submission } = court.judge(HONEST);
    const dispute = court.disputing(court.outsider(submission.cid), submission, TRUE);
    court.close([dispute]);
    const rulings = court.rulings(dispute.cid, "uphold", CLAIMED);
    const member = court.author(court.record(submission.cid).committee[0]);
    const uninvited = court.ruling(member, dispute.cid, "uphold", CLAIMED);
    expect(included(court, ...rulings, uninvited).toSorted()).toEqual(rulings.map(({ cid }) => cid).sort());
  });
});
