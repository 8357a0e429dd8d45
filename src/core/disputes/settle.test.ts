import { describe, expect, it } from "vitest";
import { CLAIMED, Court, TRUE, type Word } from "../../../vectors/lib/disputes.ts";
import { TOKEN_WEI } from "../../../vectors/lib/world.ts";
import { checkConservation } from "../economy/conservation.ts";
import type { EpochResult } from "../epoch/transition.ts";
import { LIMITS } from "../limits.ts";
import type { Metrics, NodeId } from "../primitives.ts";
import type { RulingChoice, VerdictRecord } from "../state.ts";
import { finalOnes } from "./records.ts";

const LYING: readonly Word[] = ["claimed", "claimed", "true"];
const HONEST: readonly Word[] = ["claimed", "claimed", "claimed"];
const OTHER: Metrics = { lossMicroNats: 5_050_000, accuracyPpm: 195_000 };

/** A verdict, one epoch later a dispute of it by an outsider; the jury is to rule in the epoch that closes next. */
function disputed(
  words: readonly Word[],
  found: Metrics = TRUE,
  changes: ConstructorParameters<typeof Court>[0] = {},
) {
  const court = new Court({ auditPpm: 0, ...changes });
  const { submission, result } = court.judge(words);
  const record = court.record(submission.cid);
  const disputer = court.outsider(submission.cid);
  const dispute = court.disputing(disputer, submission, found);
  court.close([dispute]);
  return { court, submission, disputer, dispute: dispute.cid, record, judged: result };
}

const chargesOf = ({ charges }: EpochResult) =>
  charges.map(({ nodeId, reason, amountWei }) => [nodeId, reason, amountWei]);
const paidFor = ({ payments }: EpochResult, wanted: string) =>
  payments.filter(({ reason }) => reason === wanted);
const reputation = (court: Court, nodeId: NodeId | undefined) => court.state.reputations.get(nodeId ?? "");
const stakeWei = (court: Court, nodeId: NodeId | undefined) =>
  court.registry.entries.find((entry) => entry.nodeId === nodeId)?.stakeWei ?? 0n;

describe("a verdict that a jury overturns", () => {
  it("becomes what the jury found, and costs those who made it a tenth of their stake", () => {
    const { court, submission, dispute, record } = disputed(LYING);
    const result = court.close(court.rulings(dispute, "overturn", TRUE));
    expect(court.dispute(dispute).status).toBe("overturned");
    expect(court.record(submission.cid)).toMatchObject({
      passed: false,
      reason: "metrics-mismatch",
      metrics: { lossMicroNats: TRUE.lossMicroNats },
    });
    expect(chargesOf(result)).toEqual(
      record.right.map((nodeId) => [nodeId, "wrong-verdict", stakeWei(court, nodeId) / 10n]),
    );
    expect(checkConservation(court.state)).toBeUndefined();
  });

  it("gives the bond back, and pays half of what was taken to who found it and three tenths to the jurors", () => {
    const { court, disputer, dispute, record } = disputed(LYING);
    const jury = court.jury(dispute).map(({ nodeId }) => nodeId);
    const result = court.close(court.rulings(dispute, "overturn", TRUE));
    const takenWei = record.right.reduce((sum, nodeId) => sum + stakeWei(court, nodeId) / 10n, 0n);
    expect(paidFor(result, "bond")).toMatchObject([{ nodeId: disputer.nodeId, amountWei: 10n * TOKEN_WEI }]);
    expect(paidFor(result, "bounty")).toMatchObject([
      { account: disputer.account, amountWei: takenWei / 2n },
    ]);
    const ruling = paidFor(result, "ruling");
    expect(ruling.map(({ nodeId }) => nodeId)).toEqual(jury);
    expect(ruling[0]?.amountWei).toBe((takenWei * 3n) / 50n);
    expect(court.state.poolWei).toBe(takenWei / 5n);
    expect(court.state.pending).toEqual([]);
  });

  it("gives members who were outvoted with what the jury found their reputation back", () => {
    const { court, dispute, record } = disputed(LYING);
    const [honest] = record.dissent.keys();
    expect(reputation(court, honest)).toBeLessThanOrEqual(400_000);
    court.close(court.rulings(dispute, "overturn", TRUE));
    expect(reputation(court, honest)).toBeGreaterThan(515_000);
    expect(reputation(court, record.right[0])).toBeLessThan(430_000);
  });

  it("pays no bounty to who said something else than the jury found", () => {
    const { court, disputer, dispute } = disputed(LYING, OTHER);
    const result = court.close(court.rulings(dispute, "overturn", TRUE));
    expect(paidFor(result, "bond")).toMatchObject([{ nodeId: disputer.nodeId }]);
    expect(paidFor(result, "bounty")).toEqual([]);
    expect(reputation(court, disputer.nodeId)).toBeUndefined();
  });

  it("loses what is still held back for it, even when it fell due while the jury was at work", () => {
    const { court, dispute, judged } = disputed(LYING, TRUE, { vestingEpochs: 2 });
    const heldWei = judged.state.pending.reduce((sum, { amountWei }) => sum + amountWei, 0n);
    expect(heldWei).toBeGreaterThan(0n);
    expect(paidFor(court.close(), "validation")).toEqual([]);
    expect(court.state.pending.some(({ reason }) => reason === "validation")).toBe(true);
    expect(paidFor(court.close(court.rulings(dispute, "overturn", TRUE)), "validation")).toEqual([]);
    expect(court.state.pending).toEqual([]);
    expect(court.state.poolWei).toBeGreaterThanOrEqual(heldWei);
    expect(checkConservation(court.state)).toBeUndefined();
  });

  it("charges its author when it is final, and not before; who found it gets half of that too", () => {
    const { court, submission, disputer, dispute } = disputed(LYING);
    court.close(court.rulings(dispute, "overturn", TRUE));
    expect(court.closeUntil(5)?.charges).toEqual([]);
    const result = court.close();
    const { author } = submission.envelope;
    expect(chargesOf(result)).toEqual([[author, "false-metrics", 5n * TOKEN_WEI]]);
    expect(paidFor(result, "bounty")).toMatchObject([
      { nodeId: disputer.nodeId, source: dispute, amountWei: (5n * TOKEN_WEI) / 2n },
    ]);
    expect(court.state.verdicts.size + court.state.disputes.size).toBe(0);
  });

  it("makes a wrongly refused author right, and the committee pays", () => {
    const { court, submission, dispute, record } = disputed(["true", "true", "claimed"], CLAIMED);
    const { author } = submission.envelope;
    expect(record).toMatchObject({ passed: false, reason: "metrics-mismatch" });
    const before = reputation(court, author) ?? 0;
    const result = court.close(court.rulings(dispute, "overturn", CLAIMED));
    expect(court.record(submission.cid)).toMatchObject({ passed: true, reason: null });
    expect(chargesOf(result).map(([nodeId]) => nodeId)).toEqual(record.right);
    expect(reputation(court, author)).toBeGreaterThan(before + 110_000);
    expect(court.closeUntil(6)?.charges).toEqual([]);
  });

  it("charges nobody but the author, when only a deeper audit could see that training was not as told", () => {
    const court = new Court({ auditPpm: 1_000_000 });
    const { submission } = court.judge(HONEST);
    court.close();
    const auditor = court.author(court.record(submission.cid).auditor ?? undefined);
    const dispute = court.disputing(auditor, submission, CLAIMED);
    court.close([dispute]);
    const result = court.close(court.rulings(dispute.cid, "overturn", CLAIMED));
    expect(chargesOf(result)).toEqual([]);
    expect(court.record(submission.cid)).toMatchObject({ passed: false, reason: "unfaithful-training" });
    const final = court.closeUntil(6);
    expect(final && chargesOf(final)).toEqual([
      [submission.envelope.author, "false-metrics", 5n * TOKEN_WEI],
    ]);
    expect(final && paidFor(final, "bounty")).toMatchObject([{ nodeId: auditor.nodeId }]);
  });
});

describe("a verdict that a jury upholds", () => {
  it("costs a frivolous disputer its bond, of which three tenths go to the jurors and the rest to the pool", () => {
    const { court, disputer, dispute } = disputed(HONEST);
    const result = court.close(court.rulings(dispute, "uphold", CLAIMED));
    expect(court.dispute(dispute).status).toBe("upheld");
    expect(paidFor(result, "bond")).toEqual([]);
    expect(paidFor(result, "ruling").map(({ amountWei }) => amountWei)).toEqual(
      Array(5).fill((6n * TOKEN_WEI) / 10n),
    );
    expect(court.state.poolWei).toBe(7n * TOKEN_WEI);
    expect(court.state.pending).toEqual([]);
    expect(reputation(court, disputer.nodeId)).toBe(400_000);
    expect(checkConservation(court.state)).toBeUndefined();
  });

  it("cannot be disputed again", () => {
    const { court, submission, dispute } = disputed(HONEST);
    court.close(court.rulings(dispute, "uphold", CLAIMED));
    const again = court.disputing(court.outsider(submission.cid, 1), submission, TRUE);
    expect(court.close([again]).refused.map(({ error }) => error.code)).toEqual(["already-disputed"]);
  });

  it("costs a drawn auditor nothing but reputation", () => {
    const court = new Court({ auditPpm: 1_000_000 });
    const { submission } = court.judge(HONEST);
    court.close();
    const auditor = court.author(court.record(submission.cid).auditor ?? undefined);
    const dispute = court.disputing(auditor, submission, TRUE, { bondWei: 0n });
    expect(court.close([dispute]).charges).toEqual([]);
    const result = court.close(court.rulings(dispute.cid, "uphold", CLAIMED));
    expect(result.charges).toEqual([]);
    expect(reputation(court, auditor.nodeId)).toBe(400_000);
  });
});

describe("a jury", () => {
  const say = (court: Court, dispute: string, words: readonly (RulingChoice | "away")[]) => {
    const metrics: Record<RulingChoice, Metrics> = { uphold: CLAIMED, overturn: TRUE, audit: CLAIMED };
    return court.jury(dispute).flatMap((juror, i) => {
      const word = words[i] ?? "away";
      return word === "away" ? [] : [court.ruling(juror, dispute, word, metrics[word])];
    });
  };

  it("is drawn by the epoch after the opening, without author, disputer and committee, and is larger than that", () => {
    const { court, submission, disputer, dispute, record } = disputed(HONEST);
    const expected = court.jury(dispute).map(({ nodeId }) => nodeId);
    court.close();
    const { jury, closesInEpoch } = court.dispute(dispute);
    expect(jury).toEqual(expected);
    expect(jury).toHaveLength(5);
    expect(closesInEpoch).toBe(4);
    const barred = [submission.envelope.author, disputer.nodeId, ...record.committee];
    expect(jury.filter((nodeId) => barred.includes(nodeId))).toEqual([]);
  });

  it("hangs on a root and a block that nobody knew at the opening", () => {
    const { court, dispute } = disputed(HONEST);
    const jury = court.jury(dispute);
    court.registry = { ...court.registry, blockHash: "ab".repeat(32) };
    expect(court.jury(dispute)).not.toEqual(jury);
  });

  it("decides by two thirds of its whole reputation; who ruled the opposite was wrong", () => {
    const { court, dispute } = disputed(HONEST);
    const jury = court.jury(dispute);
    court.close(say(court, dispute, ["uphold", "uphold", "uphold", "overturn", "away"]));
    expect(court.dispute(dispute).status).toBe("open");
    court.close(say(court, dispute, ["away", "away", "away", "away", "uphold"]));
    expect(court.dispute(dispute).status).toBe("upheld");
    expect(jury.map(({ nodeId }) => reputation(court, nodeId))).toEqual([
      520_000, 520_000, 520_000, 400_000, 520_000,
    ]);
  });

  it("weighs reputation, not heads", () => {
    const { court, dispute } = disputed(HONEST);
    const jury = court.jury(dispute).map(({ nodeId }) => nodeId);
    const reputations = new Map(jury.map((nodeId, i) => [nodeId, i === 0 ? 1_000_000 : 100_000]));
    court.close();
    court.state = { ...court.state, reputations };
    court.close(say(court, dispute, ["overturn", "uphold", "uphold", "uphold", "uphold"]));
    expect(court.dispute(dispute).status).toBe("overturned");
  });

  it("does not count those together who overturn with different numbers", () => {
    const { court, dispute } = disputed(HONEST);
    const rulings = court
      .jury(dispute)
      .map((juror, i) => court.ruling(juror, dispute, "overturn", i < 3 ? TRUE : OTHER));
    court.close(rulings);
    expect(court.dispute(dispute).status).toBe("open");
  });

  it("goes deeper when a third of it asks for that: twice the jurors, a new draw, and rulings from the beginning", () => {
    const { court, dispute } = disputed(HONEST);
    court.close(say(court, dispute, ["audit", "audit", "uphold", "uphold", "uphold"]));
    expect(court.dispute(dispute)).toMatchObject({ stage: 2, jury: [], rulings: new Map(), status: "open" });
    expect(court.jury(dispute)).toHaveLength(7);
    court.close(court.rulings(dispute, "uphold", CLAIMED));
    expect(court.dispute(dispute).status).toBe("upheld");
  });

  it("goes deeper when it comes to no end in time, and then expires: bond back, nobody charged, the absent missed it", () => {
    const { court, disputer, dispute } = disputed(HONEST, TRUE, { challengeEpochs: 9 });
    const absent = court.jury(dispute)[4];
    court.close(say(court, dispute, ["uphold", "uphold", "overturn", "overturn", "away"]));
    court.close();
    expect(court.dispute(dispute).stage).toBe(2);
    expect(reputation(court, absent?.nodeId)).toBe(490_000);
    court.close();
    const result = court.close();
    expect(court.dispute(dispute).status).toBe("expired");
    expect(chargesOf(result)).toEqual([]);
    expect(paidFor(result, "bond")).toMatchObject([{ nodeId: disputer.nodeId, amountWei: 10n * TOKEN_WEI }]);
    expect(court.state.poolWei).toBe(0n);
    expect(checkConservation(court.state)).toBeUndefined();
  });

  it("leaves a verdict that it did not decide open to another dispute", () => {
    const { court, submission, dispute } = disputed(HONEST, TRUE, { rulingEpochs: 1, challengeEpochs: 9 });
    court.closeUntil(5);
    expect(court.dispute(dispute).status).toBe("expired");
    const again = court.disputing(court.outsider(submission.cid, 1), submission, TRUE);
    expect(court.close([again]).refused).toEqual([]);
    expect(court.dispute(again.cid).status).toBe("open");
  });

  it("is not seated when fewer are left than sat on the committee: the dispute expires", () => {
    const court = new Court({ auditPpm: 0 }, 7);
    const { submission } = court.judge(HONEST);
    const disputer = court.outsider(submission.cid);
    const dispute = court.disputing(disputer, submission, TRUE);
    court.close([dispute]);
    expect(court.jury(dispute.cid)).toEqual([]);
    const result = court.close();
    expect(court.dispute(dispute.cid).status).toBe("expired");
    expect(paidFor(result, "bond")).toMatchObject([{ nodeId: disputer.nodeId }]);
  });

  it("keeps a verdict open beyond its window until it has ruled", () => {
    const { court, submission, dispute } = disputed(LYING, TRUE, { challengeEpochs: 1 });
    expect(court.state.verdicts.has(submission.cid)).toBe(true);
    court.close();
    expect(court.state.verdicts.has(submission.cid)).toBe(true);
    const result = court.close(court.rulings(dispute, "overturn", TRUE));
    expect(court.state.verdicts.size).toBe(0);
    expect(chargesOf(result).at(-1)).toEqual([submission.envelope.author, "false-metrics", 5n * TOKEN_WEI]);
  });
});

describe("a ruling", () => {
  const codes = ({ refused }: EpochResult) => refused.map(({ error }) => error.code);

  it("counts once from each juror of an open dispute, and from nobody else", () => {
    const { court, submission, dispute } = disputed(HONEST);
    const [juror, other] = court.jury(dispute);
    if (juror === undefined || other === undefined) throw new Error("no jury");
    const unknown = court.ruling(juror, submission.cid, "audit", null);
    const member = court.author(court.record(submission.cid).committee[0]);
    const uninvited = court.ruling(member, dispute, "uphold", CLAIMED);
    const first = court.ruling(juror, dispute, "uphold", CLAIMED);
    const twice = court.ruling(juror, dispute, "overturn", TRUE);
    expect(codes(court.close([unknown, uninvited, first, twice])).sort()).toEqual([
      "dispute-unknown",
      "duplicate",
      "not-on-jury",
    ]);
    expect(codes(court.close([court.ruling(juror, dispute, "overturn", TRUE)]))).toEqual(["duplicate"]);
  });

  it("comes too late when the jury has ended", () => {
    const { court, dispute } = disputed(HONEST);
    const rulings = court.rulings(dispute, "uphold", CLAIMED);
    court.close(rulings);
    const late = court.ruling(court.author(court.dispute(dispute).jury[0]), dispute, "uphold", CLAIMED);
    expect(codes(court.close([late]))).toEqual(["dispute-closed"]);
  });

  it("must say what its numbers say", () => {
    const { court, dispute } = disputed(HONEST);
    const [a, b, c] = court.jury(dispute);
    if (a === undefined || b === undefined || c === undefined) throw new Error("no jury");
    const refused = codes(
      court.close([
        court.ruling(a, dispute, "uphold", TRUE),
        court.ruling(b, dispute, "overturn", CLAIMED),
        court.ruling(c, dispute, "overturn", TRUE, { utilityPpm: 3 }),
      ]),
    );
    expect(refused.sort()).toEqual(["ruling-mismatch", "ruling-mismatch", "utility-mismatch"]);
  });
});

describe("a verdict that nobody disputes", () => {
  it("is final after its window: only then an author is charged for what its committee refused by its fault", () => {
    const court = new Court({ auditPpm: 0 });
    const { submission } = court.judge(["true", "true", "true"]);
    expect(court.closeUntil(5)?.charges).toEqual([]);
    expect(chargesOf(court.close())).toEqual([[submission.envelope.author, "false-metrics", 5n * TOKEN_WEI]]);
    expect(court.state.verdicts.size).toBe(0);
  });

  it("costs nobody anything when it passed, or when the delta was only too weak", () => {
    const court = new Court({ auditPpm: 0 });
    court.judge(HONEST);
    expect(court.closeUntil(7)?.charges).toEqual([]);
    const weak = new Court({ auditPpm: 0 });
    const { submission } = weak.judge(HONEST, { lossMicroNats: 4_999_900, accuracyPpm: 200_000 });
    expect(weak.record(submission.cid).reason).toBe("utility-too-low");
    expect(weak.closeUntil(7)?.charges).toEqual([]);
  });

  it("is final at once in a network without disputes", () => {
    const court = new Court({ auditPpm: 0, challengeEpochs: 0 });
    const { submission, result } = court.judge(["true", "true", "true"]);
    expect(result.state.verdicts.size).toBe(0);
    expect(chargesOf(result)).toEqual([[submission.envelope.author, "false-metrics", 5n * TOKEN_WEI]]);
  });

  it("is not noted when nobody could prove it wrong", () => {
    const court = new Court({ auditPpm: 0 });
    expect(court.judge(["claimed", "true", "away"]).result.state.verdicts.size).toBe(0);
  });
});

describe("verdicts beyond the limit of the state", () => {
  it("become final early, the oldest first, but for those that a jury has before it", () => {
    const { court, submission, dispute } = disputed(HONEST);
    const record = court.record(submission.cid);
    const later = Array.from({ length: LIMITS.verdictRecords }, (_, i): [string, VerdictRecord] => [
      `later ${i}`,
      { ...record, epoch: i === 7 ? 1 : 2 },
    ]);
    const verdicts = new Map([[submission.cid, record], ...later]);
    const disputes = new Map([[dispute, court.dispute(dispute)]]);
    expect(finalOnes({ ...court.context, epoch: 3 }, verdicts, disputes)).toEqual(["later 7"]);
    verdicts.delete("later 1");
    expect(finalOnes({ ...court.context, epoch: 3 }, verdicts, disputes)).toEqual([]);
  });
});
