import { describe, expect, it } from "vitest";
import type { DisputeAct, DisputeTerms, ShownDispute } from "../parley.ts";
import { disputeTurnMs, isOwnTurn, type TurnSituation } from "./turns.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000_000_000;
const hash = (digit: string) => digit.repeat(64);
const VALIDATORS = ["1", "2", "3", "4"].map(hash);

const terms: DisputeTerms = {
  bondWei: 1n,
  drawMs: HOUR_MS,
  rulingMs: HOUR_MS,
  jurySeats: 6,
  expiryPpm: 0,
};

const dispute: ShownDispute = {
  dispute: 1,
  epoch: 7,
  status: "drawing",
  stage: 1,
  deadlineMs: NOW_MS + HOUR_MS,
  drawBlock: 5,
  disputer: "0x00",
  reason: hash("0"),
  seats: { uphold: 0, overturn: 0, deeper: 0 },
  finding: "same",
  ownSeats: 2,
  hasRuled: false,
  dueWei: 0n,
  acts: [],
};

function whose(act: DisputeAct, changes: Partial<TurnSituation> = {}): readonly string[] {
  const situation = { dispute, act, terms, nowMs: NOW_MS, sinceMs: NOW_MS, isDear: false, ...changes };
  return VALIDATORS.filter((self) => isOwnTurn({ validators: VALIDATORS, self, ...situation }));
}

describe("whose turn a step of a dispute is", () => {
  it.each(["draw", "close"] as const)(
    "one validator after another may %s, each after those before it",
    (act) => {
      for (const turns of [0, 1, 2, 3]) {
        const at = NOW_MS + turns * disputeTurnMs(HOUR_MS);
        expect(whose(act, { nowMs: at })).toHaveLength(turns + 1);
        expect(whose(act, { nowMs: at - 1 })).toHaveLength(turns);
      }
    },
  );

  it("is drawn anew for each dispute, stage and step", () => {
    const firsts = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((number) =>
      (["draw", "close"] as const).map((act) => whose(act, { dispute: { ...dispute, dispute: number } })[0]),
    );
    expect(new Set(firsts).size).toBeGreaterThan(2);
  });

  it("is nobody's who is no validator", () => {
    const situation = { dispute, terms, nowMs: NOW_MS + HOUR_MS, sinceMs: NOW_MS, isDear: false };
    const self = hash("9");
    expect(isOwnTurn({ ...situation, act: "draw", validators: VALIDATORS, self })).toBe(false);
  });

  it("every juror rules at once, until two thirds of the seats have", () => {
    expect(whose("rule")).toHaveLength(4);
    const decided = { ...dispute, seats: { uphold: 4, overturn: 0, deeper: 0 } };
    expect(whose("rule", { dispute: decided })).toHaveLength(0);
  });

  it("waits while gas is dear, and for no more than half of the time there is", () => {
    const late = { isDear: true, nowMs: NOW_MS + HOUR_MS / 2 };
    for (const act of ["draw", "rule", "close"] as const) {
      expect(whose(act, { isDear: true, nowMs: late.nowMs - 1 })).toEqual([]);
      expect(whose(act, late)).toHaveLength(4);
    }
    expect(whose("collect", late)).toEqual([]);
    expect(whose("collect")).toHaveLength(4);
  });

  it("is at least eight seconds and at most ten minutes long", () => {
    expect([60_000, HOUR_MS, 48 * HOUR_MS].map(disputeTurnMs)).toEqual([8_000, 225_000, 600_000]);
  });
});
