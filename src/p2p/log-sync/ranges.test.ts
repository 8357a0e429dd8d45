import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../core/primitives.ts";
import {
  type Answer,
  answerRanges,
  fingerprintOf,
  HeadIndex,
  type Item,
  itemsIn,
  type Ranges,
  snapshotOf,
} from "./ranges.ts";
import { type Differences, reconcile } from "./reconcile.ts";

const author = (seed: number): NodeId => {
  // Spread over the space as node ids are, from a multiplicative hash.
  const word = (Math.imul(seed + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  return `${word}${seed.toString(16).padStart(56, "0")}`;
};
type Heads = Map<NodeId, number>;

interface Cost {
  rounds: number;
  ranges: number;
  items: number;
}

/** Two sides that say only what frames can carry. */
async function compare(ours: Heads, theirs: Heads): Promise<{ found: Differences; cost: Cost }> {
  const cost: Cost = { rounds: 0, ranges: 0, items: 0 };
  const count = ({ prints, lists }: Ranges): void => {
    cost.ranges += prints.length + lists.length;
    for (const [, , items] of lists) cost.items += items.length;
  };
  const there = snapshotOf(theirs);
  const found = await reconcile(snapshotOf(ours), async (asked) => {
    cost.rounds++;
    count(asked);
    const answer = answerRanges(there, asked);
    count(answer);
    return answer;
  });
  return { found, cost };
}

function expected(ours: Heads, theirs: Heads): Differences {
  const all = new Set([...ours.keys(), ...theirs.keys()]);
  return new Map(
    [...all]
      .map((by) => [by, { ours: ours.get(by) ?? 0, theirs: theirs.get(by) ?? 0 }] as const)
      .filter(([, counts]) => counts.ours !== counts.theirs),
  );
}

const sorted = (differences: Differences) => [...differences].sort(([a], [b]) => (a < b ? -1 : 1));

const headsOf = (authors: number, length = 3): Heads =>
  new Map(Array.from({ length: authors }, (_, seed) => [author(seed), length]));

describe("fingerprints of ranges", () => {
  const heads: Heads = new Map([
    ["aa".repeat(32), 1],
    ["bb".repeat(32), 2],
    ["cc".repeat(32), 3],
  ]);

  it("are as they were first written down", () => {
    expect(fingerprintOf(snapshotOf(new Map()), "", "")).toBe("2c34ce1df23b838c5abf2a7f6437cca3");
    expect(fingerprintOf(snapshotOf(heads), "", "")).toBe("0d69135afd38d893414552af8beaaec5");
    expect(fingerprintOf(snapshotOf(heads), "bb", "cc")).toBe("6c4635b78336c685393c1c3d59f2993f");
  });

  it("do not depend on the order in which heads came, nor on what was there before", () => {
    const index = new HeadIndex();
    index.snapshot(new Map([...heads].map(([by, count]) => [by, count + 1])));
    const other = index.snapshot(new Map([...heads].reverse()));
    expect(fingerprintOf(other, "", "")).toBe(fingerprintOf(snapshotOf(heads), "", ""));
  });

  it("of one part are those of the same items alone", () => {
    const part = new Map([["bb".repeat(32), 2]]);
    expect(fingerprintOf(snapshotOf(heads), "bb", "cc")).toBe(fingerprintOf(snapshotOf(part), "", ""));
    expect(itemsIn(snapshotOf(heads), "bb", "")).toHaveLength(2);
  });
});

describe("reconciliation", () => {
  const someHeads = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 5 })), { maxLength: 400 })
    .map((items): Heads => new Map(items.map(([seed, count]) => [author(seed), count])));

  it("finds exactly what differs, whatever both sides hold", async () => {
    await fc.assert(
      fc.asyncProperty(someHeads, someHeads, async (ours, theirs) => {
        const { found } = await compare(ours, theirs);
        expect(sorted(found)).toEqual(sorted(expected(ours, theirs)));
      }),
      { numRuns: 200 },
    );
  });

  it("costs one round trip and no item when both hold the same", async () => {
    const { found, cost } = await compare(headsOf(10_000), headsOf(10_000));
    expect(found.size).toBe(0);
    expect(cost).toEqual({ rounds: 1, ranges: 16, items: 0 });
  });

  it("costs as much as the difference times the logarithm of all, not as much as all", async () => {
    const size = 16_000;
    const levels = Math.ceil(Math.log(size) / Math.log(16));
    for (const changes of [1, 5, 25, 100]) {
      const theirs = headsOf(size);
      for (let change = 0; change < changes; change++) {
        theirs.set(author(Math.floor((change * size) / changes)), 4);
      }
      const { found, cost } = await compare(headsOf(size), theirs);
      expect(found.size).toBe(changes);
      expect(cost.rounds).toBeLessThanOrEqual(levels + Math.ceil((changes * 16) / 256));
      expect(cost.ranges).toBeLessThanOrEqual(16 + changes * levels * 17);
      expect(cost.items).toBeLessThanOrEqual(changes * 33);
    }
  });

  it("tells a newcomer all heads, in answers of bounded size", async () => {
    const { found, cost } = await compare(new Map(), headsOf(12_000));
    expect(found.size).toBe(12_000);
    expect(cost.rounds).toBe(2);
    expect((await compare(headsOf(12_000), new Map())).found.size).toBe(12_000);
  });

  it("finds everything when nothing is the same", async () => {
    const { found } = await compare(headsOf(5_000, 3), headsOf(5_000, 4));
    expect(found.size).toBe(5_000);
  });
});

describe("a peer that lies", () => {
  const ours = headsOf(200);
  const mine = snapshotOf(ours);
  const ask = (answer: (asked: Ranges) => Answer) => reconcile(mine, async (asked) => answer(asked));
  const wrong = "00".repeat(16);

  it("is refused when what it says to differ does not", async () => {
    const items = ([from, to]: readonly [string, string, unknown]): readonly Item[] =>
      itemsIn(mine, from, to);
    const sameItems = ask(({ prints }) => ({
      prints: [],
      lists: prints.map((print) => [print[0], print[1], items(print)]),
      upTo: "",
    }));
    await expect(sameItems).rejects.toMatchObject({ code: "wrong-fingerprint", data: { verdict: "REJECT" } });
    const sameParts = ask((asked) => ({
      prints: asked.prints.flatMap(([from, to]) => [
        [from, `${from}80`, fingerprintOf(mine, from, `${from}80`)] as const,
        [`${from}80`, to, fingerprintOf(mine, `${from}80`, to)] as const,
      ]),
      lists: [],
      upTo: "",
    }));
    await expect(sameParts).rejects.toMatchObject({ data: { verdict: "REJECT" } });
  });

  it("is refused when it splits ranges without end", async () => {
    let asks = 0;
    const endless = ask(({ prints, lists }) => {
      asks++;
      const [from, to] = prints[0] ?? lists[0] ?? ["", ""];
      const middle = mine.authors[mine.authors.findIndex((by) => by >= from) + 1] ?? from;
      return prints.length === 0
        ? { prints: [], lists: [[from, to, [["ff".repeat(32), asks]]]], upTo: "" }
        : { prints: [[from, middle, wrong] as const, [middle, to, wrong] as const], lists: [], upTo: "" };
    });
    await expect(endless).rejects.toMatchObject({ data: { verdict: "REJECT" } });
    const standing = ask(({ prints }) => ({ prints: [], lists: [], upTo: prints[0]?.[0] || "00" }));
    await expect(standing).rejects.toMatchObject({ data: { verdict: "REJECT" } });
    const never = reconcile(mine, async ({ prints }) => ({
      prints: [],
      lists: [],
      upTo: prints[1]?.[0] ?? "",
    }));
    await expect(never).resolves.toBeDefined();
  });

  it("is refused when it answers what was not asked", async () => {
    const cases: Answer[] = [
      { prints: [["", "", wrong]], lists: [], upTo: "" },
      { prints: [], lists: [["", "80", []]], upTo: "" },
      { prints: [], lists: [["", mine.authors[1] ?? "", [["ff".repeat(32), 1]]]], upTo: "" },
    ];
    for (const answer of cases) {
      await expect(ask(() => answer)).rejects.toMatchObject({ code: "unasked-ranges" });
    }
  });

  it("never makes the asking side fail with anything but a named reason", async () => {
    const bound = fc.constantFrom("", "20", "80", "c0", ...mine.authors.slice(0, 3));
    const item = fc.tuple(fc.constantFrom(...mine.authors.slice(0, 9)), fc.nat(5));
    const answers = fc.record({
      prints: fc.array(fc.tuple(bound, bound, fc.constantFrom(wrong, fingerprintOf(mine, "", "80")))),
      lists: fc.array(fc.tuple(bound, bound, fc.array(item))),
      upTo: bound,
    });
    await fc.assert(
      fc.asyncProperty(answers, async (answer) => {
        let asks = 0;
        await reconcile(mine, async (asked) => {
          asks++;
          expect(asks).toBeLessThan(2_000);
          return asks > 3 ? answerRanges(snapshotOf(new Map()), asked) : answer;
        }).catch((thrown: unknown) => expect(thrown).toMatchObject({ data: { verdict: "REJECT" } }));
      }),
      { numRuns: 500 },
    );
  });
});
