import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AnchorSituation,
  adviseAnchor,
  anchorTurnMs,
  MOST_WAITING,
  repaidWei,
  turnOf,
} from "./anchor-policy.ts";

const hash = (digit: string) => digit.repeat(64);
const NODES = ["a", "b", "c", "d", "e"].map(hash);
const GWEI = 10n ** 9n;

function waiting(epoch: number, claims: string, sinceMs = 0) {
  return { epoch, stateRoot: hash(`${epoch % 10}`), claimsRoot: hash(claims), signerCount: 21, sinceMs };
}

function situation(change: Partial<AnchorSituation> = {}): AnchorSituation {
  return {
    waiting: [waiting(1, "2")],
    claimsRoot: hash("1"),
    validators: NODES,
    self: hash("a"),
    nowMs: 0,
    turnMs: 8_000,
    gas: { priceWei: 3n * GWEI, baseFeeWei: 2n * GWEI },
    gasLimitWei: undefined,
    ...change,
  };
}

describe("who anchors", () => {
  it("has its own turn to anchor a root, strangers have none, and another root draws anew", () => {
    const turns = (root: string) => NODES.map((node) => turnOf(node, NODES, root));
    expect(turns(hash("1")).toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(turnOf(hash("f"), NODES, hash("1"))).toBeUndefined();
    const orders = new Set(["1", "2", "3", "4"].map((digit) => turns(hash(digit)).join()));
    expect(orders.size).toBeGreaterThan(1);
  });

  it("is asked one after another: exactly one at first, one more after each turn", () => {
    const asked = (nowMs: number) =>
      NODES.filter((self) => adviseAnchor(situation({ self, nowMs })).state === "your-turn").length;
    expect([0, 7_999, 8_000, 16_000, 24_000, 32_000].map(asked)).toEqual([1, 1, 2, 3, 4, 5]);
  });

  it("says when it will be its turn, and that a node without a stake never has one", () => {
    const last = NODES.find((self) => adviseAnchor(situation({ self })).place === 4) ?? "";
    expect(adviseAnchor(situation({ self: last }))).toMatchObject({
      state: "others-first",
      turnAtMs: 32_000,
    });
    expect(adviseAnchor(situation({ self: hash("f") })).state).toBe("not-a-validator");
  });

  it("leaves eight validators their turn within an epoch, and none less than eight seconds", () => {
    expect(anchorTurnMs(3_600_000)).toBe(450_000);
    expect(anchorTurnMs(36_000)).toBe(8_000);
  });
});

describe("when roots are anchored", () => {
  it("is not while nothing new can be claimed: a network without traffic costs nothing", () => {
    const quiet = [waiting(1, "1"), waiting(2, "1")];
    for (const self of NODES) {
      const advice = adviseAnchor(situation({ self, waiting: quiet, nowMs: 10 ** 12 }));
      expect(advice).toMatchObject({ state: "nothing-to-claim", epochs: 2 });
    }
    expect(adviseAnchor(situation({ waiting: [] })).state).toBe("nothing-waits");
  });

  it("is when an epoch brings dues: quiet ones before it go with it, and turns count from that epoch on", () => {
    const roots = [waiting(1, "1", 0), waiting(2, "2", 500_000)];
    const first = NODES.find((self) => turnOf(self, NODES, hash("2")) === 0) ?? "";
    const second = NODES.find((self) => turnOf(self, NODES, hash("2")) === 1) ?? "";
    const at = { waiting: roots, nowMs: 500_000 };
    expect(adviseAnchor(situation({ ...at, self: first }))).toMatchObject({ state: "your-turn", epochs: 2 });
    expect(adviseAnchor(situation({ ...at, self: second }))).toMatchObject({
      state: "others-first",
      turnAtMs: 508_000,
    });
  });

  it("waits while gas is dearer than the user allows, but not until nodes forget the oldest roots", () => {
    const first = NODES.find((self) => turnOf(self, NODES, hash("1")) === 0) ?? "";
    const dear = { self: first, gas: { priceWei: 30n * GWEI, baseFeeWei: GWEI }, gasLimitWei: 20n * GWEI };
    expect(adviseAnchor(situation(dear)).state).toBe("gas-too-high");
    expect(adviseAnchor(situation({ ...dear, gas: { priceWei: 20n * GWEI, baseFeeWei: GWEI } })).state).toBe(
      "your-turn",
    );
    const many = Array.from({ length: MOST_WAITING }, (_, index) => waiting(index + 1, "1"));
    expect(adviseAnchor(situation({ ...dear, waiting: many })).state).toBe("your-turn");
  });

  it("says what it costs: the gas of each root at the price of the next block", () => {
    const { costWei, repaidWei: backWei } = adviseAnchor(
      situation({ waiting: [waiting(1, "2"), waiting(2, "2")] }),
    );
    expect(costWei).toBe(2n * 251_100n * 3n * GWEI);
    expect(backWei).toBe(2n * 251_100n * 2n * GWEI);
    expect(adviseAnchor(situation({ gas: undefined })).costWei).toBeUndefined();
  });
});

describe("what the pool would give back", () => {
  it("never rewards wasted gas or a tip, whatever was used", () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 7n),
        fc.nat(128),
        fc.bigInt(0n, 10n ** 12n),
        (gas, signerCount, baseFeeWei) => {
          const repaid = repaidWei({ gas, signerCount }, baseFeeWei);
          expect(repaid).toBeLessThanOrEqual(gas * baseFeeWei);
          expect(repaid).toBeLessThanOrEqual((60_000n + 9_100n * BigInt(signerCount)) * baseFeeWei);
        },
      ),
    );
    expect(repaidWei({ gas: 249_610n, signerCount: 21 }, GWEI)).toBe(249_610n * GWEI);
  });
});
