import { describe, expect, it } from "vitest";
import { CLAIMED, Court, TRUE } from "../../../vectors/lib/disputes.ts";
import { type Author, makeAuthors, TOKEN_WEI } from "../../../vectors/lib/world.ts";
import { Books } from "../economy/books.ts";
import { LIMITS } from "../limits.ts";
import type { Message } from "../messages/message.ts";
import type { Parameters } from "../parameters.ts";
import type { DisputeState } from "../state.ts";
import { openDisputes } from "./open.ts";

const HONEST = ["claimed", "claimed", "claimed"] as const;
const OPEN: Omit<DisputeState, "disputer" | "account" | "submission"> = {
  metrics: null,
  bondWei: 0n,
  openedInEpoch: 2,
  closesInEpoch: 4,
  stage: 1,
  jury: [],
  rulings: new Map(),
  status: "open",
};
const NO_AUDITS = { auditPpm: 0 };

/** A court with one passed verdict, one epoch ago. */
function court(changes: Partial<Parameters> = NO_AUDITS) {
  const place = new Court(changes);
  const { submission } = place.judge(HONEST);
  return { place, submission };
}

function codesOf(place: Court, ...messages: Message[]): string[] {
  return place.close(messages).refused.map(({ error }) => error.code);
}

describe("a dispute", () => {
  it("is opened with its bond, which is put aside", () => {
    const { place, submission } = court();
    const disputer = place.outsider(submission.cid);
    const dispute = place.disputing(disputer, submission, TRUE);
    const { charges, state } = place.close([dispute]);
    expect(charges).toEqual([
      { nodeId: disputer.nodeId, reason: "dispute-bond", source: dispute.cid, amountWei: 10n * TOKEN_WEI },
    ]);
    expect(place.dispute(dispute.cid)).toMatchObject({
      status: "open",
      stage: 1,
      jury: [],
      closesInEpoch: 4,
    });
    expect(state.pending).toMatchObject([{ reason: "bond", amountWei: 10n * TOKEN_WEI }]);
    expect(state.poolWei).toBe(0n);
  });

  it("is refused with not-staked, verdict-unknown and delta-mismatch", () => {
    const { place, submission } = court();
    const outsider = place.outsider(submission.cid);
    const stranger = makeAuthors(place.genesis, 13)[12];
    if (stranger === undefined) throw new Error("no stranger");
    const unknown = { ...submission, cid: submission.envelope.body.deltaCid };
    expect(codesOf(place, place.disputing(stranger, submission, TRUE))).toEqual(["not-staked"]);
    expect(codesOf(place, place.disputing(outsider, unknown, TRUE))).toEqual(["verdict-unknown"]);
    const deltaCid = submission.cid;
    expect(codesOf(place, place.disputing(outsider, submission, TRUE, { deltaCid }))).toEqual([
      "delta-mismatch",
    ]);
  });

  it("cannot be about a verdict of the same epoch, which nobody knows yet", () => {
    const { place, submission } = court();
    place.closeUntil(6);
    expect(place.state.verdicts.has(submission.cid)).toBe(false);
    const early = place.disputing(place.authors[11] ?? never(), submission, TRUE);
    expect(codesOf(place, early)).toEqual(["verdict-unknown"]);
  });

  it("is possible until the last epoch of the challenge, and not after, even while a jury keeps the verdict open", () => {
    const { place, submission } = court({ ...NO_AUDITS, challengeEpochs: 2 });
    const [first, second] = [0, 1].map((skip) => place.outsider(submission.cid, skip));
    if (first === undefined || second === undefined) return never();
    place.closeUntil(2);
    const last = place.disputing(first, submission, TRUE);
    expect(codesOf(place, last)).toEqual([]);
    expect(codesOf(place, place.disputing(second, submission, TRUE))).toEqual(["challenge-over"]);
  });

  it("is refused as frivolous when it says what the verdict says, and with utility-mismatch when its numbers do not fit", () => {
    const { place, submission } = court();
    const outsider = place.outsider(submission.cid);
    expect(codesOf(place, place.disputing(outsider, submission, CLAIMED))).toEqual(["frivolous"]);
    const wrong = place.disputing(outsider, submission, TRUE, { utilityPpm: 7 });
    expect(codesOf(place, wrong)).toEqual(["utility-mismatch"]);
  });

  it("is refused from those whose verdict it was", () => {
    const { place, submission } = court();
    const member = place.author(place.record(submission.cid).right[0]);
    expect(codesOf(place, place.disputing(member, submission, TRUE))).toEqual(["own-verdict"]);
  });

  it("needs the whole bond, offered and at hand", () => {
    const { place, submission } = court();
    const outsider = place.outsider(submission.cid);
    const small = { bondWei: 10n * TOKEN_WEI - 1n };
    expect(codesOf(place, place.disputing(outsider, submission, TRUE, small))).toEqual(["dispute-bond"]);
    const leftWei = 10n * TOKEN_WEI - 1n;
    const poor = new Court({ ...NO_AUDITS, minimumStakeWei: 1n });
    const judged = poor.judge(HONEST).submission;
    const disputer = poor.outsider(judged.cid);
    const entry = poor.registry.entries.find(({ nodeId }) => nodeId === disputer.nodeId);
    const charged = (entry?.stakeWei ?? 0n) - leftWei;
    poor.state = { ...poor.state, chargedWei: new Map([[disputer.nodeId, charged]]) };
    expect(codesOf(poor, poor.disputing(disputer, judged, TRUE))).toEqual(["dispute-bond"]);
  });

  it("is the first by CID when several are about one verdict, and the drawn auditor's before any", () => {
    const { place, submission } = court();
    const disputes = [0, 1, 2].map((skip) =>
      place.disputing(place.outsider(submission.cid, skip), submission, TRUE),
    );
    const result = place.close(disputes);
    const [first, ...others] = disputes.map(({ cid }) => cid).sort();
    expect([...result.state.disputes.keys()]).toEqual([first]);
    expect(result.refused.map(({ cid, error }) => [cid, error.code])).toEqual(
      others.map((cid) => [cid, "already-disputed"]),
    );

    const audited = court({ auditPpm: 1_000_000 });
    audited.place.close();
    const auditor = audited.place.author(audited.place.record(audited.submission.cid).auditor ?? undefined);
    const own = audited.place.disputing(auditor, audited.submission, TRUE, { bondWei: 0n });
    const rivals = [0, 1, 2, 3].map((skip) =>
      audited.place.disputing(audited.place.outsider(audited.submission.cid, skip), audited.submission, TRUE),
    );
    const { state } = audited.place.close([...rivals, own]);
    expect([...state.disputes]).toMatchObject([[own.cid, { bondWei: 0n, disputer: auditor.nodeId }]]);
  });

  it("is refused with dispute-limit beyond the limits of one node and of all, but never to an auditor", () => {
    const { place, submission } = court({ auditPpm: 1_000_000 });
    place.close();
    const [one, other] = [0, 1].map((skip) => place.outsider(submission.cid, skip));
    const auditor = place.author(place.record(submission.cid).auditor ?? undefined);
    if (one === undefined || other === undefined) return never();
    const refusedWith = (openAlready: number, by: Author) => {
      const { context } = place;
      const cids = Array.from({ length: openAlready }, (_, i) => `open ${i}`);
      const open = { ...OPEN, disputer: one.nodeId, account: one.account };
      const disputes = new Map(cids.map((cid) => [cid, { ...open, submission: cid }]));
      const docket = { verdicts: context.state.verdicts, disputes };
      const dispute = place.disputing(by, submission, TRUE);
      return openDisputes(context, docket, [dispute], new Books(context)).map(({ error }) => error.code);
    };
    expect(refusedWith(LIMITS.openDisputesPerNode - 1, one)).toEqual([]);
    expect(refusedWith(LIMITS.openDisputesPerNode, one)).toEqual(["dispute-limit"]);
    expect(refusedWith(LIMITS.openDisputesPerNode, other)).toEqual([]);
    expect(refusedWith(LIMITS.openDisputes - 1, other)).toEqual([]);
    expect(refusedWith(LIMITS.openDisputes, other)).toEqual(["dispute-limit"]);
    expect(refusedWith(LIMITS.openDisputes, auditor)).toEqual([]);
  });

  it("may say of a passed delta that its training was not as told, when a drawn auditor says so: that goes deeper at once", () => {
    const { place, submission } = court({ auditPpm: 1_000_000 });
    place.close();
    const auditor = place.author(place.record(submission.cid).auditor ?? undefined);
    const dispute = place.disputing(auditor, submission, CLAIMED);
    expect(codesOf(place, dispute)).toEqual([]);
    expect(place.dispute(dispute.cid).stage).toBe(2);
  });

  it("may be the author's, whom a committee blamed for what it had measured itself", () => {
    const place = new Court(NO_AUDITS);
    const { submission } = place.judge(["refuse", "refuse", "refuse"]);
    expect(place.record(submission.cid)).toMatchObject({
      passed: false,
      reason: "delta-norm",
      metrics: null,
    });
    const author = place.author(submission.envelope.author);
    expect(codesOf(place, place.disputing(author, submission, null))).toEqual(["frivolous"]);
    expect(codesOf(place, place.disputing(author, submission, CLAIMED))).toEqual([]);
  });
});

function never(): never {
  throw new Error("the test's world is too small");
}
