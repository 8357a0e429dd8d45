import { describe, expect, it } from "vitest";
import type { ShownDispute } from "../../app/parley.ts";
import { actWords, costWords, seatsWords, stateWords } from "./dispute-words.ts";

const DISPUTE: ShownDispute = {
  dispute: 1,
  epoch: 4,
  status: "ruling",
  stage: 1,
  deadlineMs: 0,
  drawBlock: 0,
  disputer: `0x${"1".repeat(40)}`,
  reason: "9".repeat(64),
  seats: { uphold: 2, overturn: 1, deeper: 0 },
  finding: "same",
  ownSeats: 3,
  hasRuled: false,
  dueWei: 3n * 10n ** 18n,
  acts: [],
};
const TERMS = { bondWei: 10n ** 19n, drawMs: 1, rulingMs: 1, jurySeats: 5, expiryPpm: 100_000 };

describe("words for disputes", () => {
  it("say what is lost before it is asked for, and warn whoever would lose", () => {
    const [bond, wait, warning] = costWords(TERMS, "same");
    expect(bond).toContain("You put down 10 PAR. If the jury upholds the root, you lose all of it");
    expect(bond).toContain("10 % of it");
    expect(wait).toContain("nothing can be claimed");
    expect(warning).toContain("you would most likely lose your bond");
    expect(costWords(TERMS, "unknown")[2]).toContain("cannot tell you");
  });

  it("name the ruling that a click delivers: this node's own finding", () => {
    expect(actWords("rule", DISPUTE)).toBe("Rule: uphold");
    expect(actWords("rule", { ...DISPUTE, finding: "other" })).toBe("Rule: overturn");
    expect(actWords("collect", DISPUTE)).toBe("Collect 3 PAR");
  });

  it("tell a deeper audit from the first one, and how the jury stands", () => {
    expect(stateWords({ ...DISPUTE, stage: 2 })).toBe("before the jury, deeper audit");
    expect(stateWords({ ...DISPUTE, stage: 2, status: "expired" })).toBe("expired: the root stands");
    expect(seatsWords(DISPUTE)).toBe("Seats so far: 2 uphold, 1 overturn.");
    expect(seatsWords({ ...DISPUTE, status: "drawing" })).toBe("");
  });
});
