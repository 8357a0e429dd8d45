import { describe, expect, it } from "vitest";
import type { Certificate } from "../../ports/chain.ts";
import {
  type AnchorSituation,
  adviseAnchor,
  anchorBatches,
  anchorTurnMs,
  longestWaitMs,
  MOST_WAITING,
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
    longestWaitMs: 1_000_000,
    gas: { priceWei: 3n * GWEI },
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
    const dear = { self: first, gas: { priceWei: 30n * GWEI }, gasLimitWei: 20n * GWEI };
    expect(adviseAnchor(situation(dear)).state).toBe("gas-too-high");
    expect(adviseAnchor(situation({ ...dear, gas: { priceWei: 20n * GWEI } })).state).toBe("your-turn");
    const many = Array.from({ length: MOST_WAITING }, (_, index) => waiting(index + 1, "1"));
    expect(adviseAnchor(situation({ ...dear, waiting: many })).state).toBe("your-turn");
  });

  it("waits for cheaper gas no longer than many epochs last: then all that gathered goes at any price", () => {
    const first = NODES.find((self) => turnOf(self, NODES, hash("1")) === 0) ?? "";
    const roots = [waiting(1, "2", 500), waiting(2, "3", 900_000)];
    const dear = {
      self: first,
      waiting: roots,
      gas: { priceWei: 30n * GWEI },
      gasLimitWei: 1n,
    };
    expect(adviseAnchor(situation({ ...dear, nowMs: 1_000_499 })).state).toBe("gas-too-high");
    expect(adviseAnchor(situation({ ...dear, nowMs: 1_000_500 }))).toMatchObject({
      state: "your-turn",
      epochs: 2,
    });
    const quiet = [waiting(1, "1", 0)];
    expect(adviseAnchor(situation({ ...dear, waiting: quiet, nowMs: 10 ** 12 })).state).toBe(
      "nothing-to-claim",
    );
    expect(longestWaitMs(3_600_000)).toBe(32 * 3_600_000);
  });

  it("says what it costs: the gas of each root at the price of the next block", () => {
    const { costWei } = adviseAnchor(situation({ waiting: [waiting(1, "2"), waiting(2, "2")] }));
    expect(costWei).toBe(2n * 250_800n * 3n * GWEI);
    expect(adviseAnchor(situation({ gas: undefined })).costWei).toBeUndefined();
  });
});

describe("what goes in one transaction", () => {
  const signed = (epoch: number, signatures: number): Certificate => ({
    root: {
      epoch,
      previousRoot: hash("0"),
      stateRoot: hash("1"),
      claimsRoot: hash("2"),
      manifestDigest: hash("3"),
      snapshotBlock: 1,
    },
    signatures: Array.from({ length: signatures }, () => ({
      operator: `0x${"1".repeat(40)}`,
      signature: "",
    })),
  });
  const sizes = (count: number, signatures: number) =>
    anchorBatches(Array.from({ length: count }, (_, epoch) => signed(epoch, signatures))).map(
      ({ length }) => length,
    );

  it("is all that waits, in order, up to 32 epochs", () => {
    expect([0, 1, 2, 32, 33].map((count) => sizes(count, 21))).toEqual([[], [1], [2], [32], [32, 1]]);
    const [batch] = anchorBatches([signed(4, 3), signed(7, 3)]);
    expect(batch?.map(({ root }) => root.epoch)).toEqual([4, 7]);
  });

  it("is no more than a chain lets one transaction do, and one epoch at least", () => {
    // 128 signatures are 1,224,800 gas an epoch.
    expect(sizes(21, 128)).toEqual([10, 10, 1]);
    expect(sizes(2, 2_000)).toEqual([1, 1]);
  });
});
