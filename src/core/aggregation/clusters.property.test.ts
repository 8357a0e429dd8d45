import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asDense,
  asSparse,
  dense,
  denseDelta,
  sparse,
  testCid,
} from "../../../vectors/lib/delta-arbitraries.ts";
import { type AuthoredDelta, assignClusters, IDLE_EPOCHS } from "./clusters.ts";
import { cosinePpm, SKETCH_VALUES, sketchOf } from "./sketch.ts";

const NODES = Array.from({ length: 12 }, (_, i) => i.toString(16).padStart(64, "0"));
const input = {
  epoch: 1,
  settings: { maximum: 3, similarityPpm: 500_000 },
  emptyAdapter: testCid("empty"),
  staked: new Set(NODES),
};
const authored: fc.Arbitrary<AuthoredDelta[]> = fc
  .array(fc.oneof(dense, sparse), { minLength: 1, maxLength: 10 })
  .map((list) => list.map((delta, i) => ({ cid: testCid(`delta ${i}`), author: NODES[i] ?? "", delta })));

/** Deltas of two opposite directions, by turns. */
function opposite(count: number, epoch = 0): AuthoredDelta[] {
  return Array.from({ length: count }, (_, i) => ({
    cid: testCid(`opposite ${epoch} ${i}`),
    author: NODES[i] ?? "",
    delta: denseDelta(
      [-9, -9],
      Array.from({ length: 14 }, (_, j) => (i % 2 === 0 ? 1 : -1) * (40 + 5 * j + ((i * j) % 7))),
    ),
  }));
}

describe("sketch", () => {
  it("is the same for a delta with and without its zeros", () => {
    fc.assert(
      fc.property(dense, (delta) => {
        expect(sketchOf(asSparse(delta))).toEqual(sketchOf(delta));
        expect(sketchOf(asDense(asSparse(delta)))).toEqual(sketchOf(delta));
      }),
    );
  });

  it("keeps cosines of large deltas within a few hundredths", () => {
    let x = 7;
    const noise = () => {
      x = (x * 1_103_515_245 + 12_345) % 2 ** 31;
      return ((x >> 12) % 61) - 30;
    };
    const long = (data: Int8Array) => ({
      type: "adapter" as const,
      rank: 1,
      tensors: [{ name: "w", shape: [1, data.length] as const, exponent: -9, data }],
    });
    const base = Int8Array.from({ length: 20_000 }, noise);
    for (const mixed of [0, 1, 2, 4]) {
      const other = base.map((value) => value + mixed * noise());
      let [ab, aa, bb] = [0, 0, 0];
      base.forEach((value, i) => {
        ab += value * (other[i] ?? 0);
        aa += value ** 2;
        bb += (other[i] ?? 0) ** 2;
      });
      const exact = ab / Math.sqrt(aa * bb);
      const sketched = cosinePpm(sketchOf(long(base)), sketchOf(long(other))) / 1e6;
      expect(Math.abs(sketched - exact)).toBeLessThan(3 / Math.sqrt(SKETCH_VALUES));
    }
  });
});

describe("clusters", () => {
  it("are the same for every order of the deltas", () => {
    fc.assert(
      fc.property(
        authored.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const [a, b] = [assignClusters([], list, input), assignClusters([], shuffled, input)];
          expect(b.clusters).toEqual(a.clusters);
          expect(new Map([...b.clusterOf].sort())).toEqual(new Map([...a.clusterOf].sort()));
        },
      ),
    );
  });

  it("part opposite directions, and keep their identity in the next epochs", () => {
    let { clusters, clusterOf } = assignClusters([], opposite(8), input);
    expect(clusters).toHaveLength(2);
    const ids = clusters.map(({ id }) => id);
    expect(opposite(8).map(({ cid }) => cid)).toEqual(expect.arrayContaining(ids));
    for (let epoch = 2; epoch < 12; epoch++) {
      const of = new Map(clusterOf);
      ({ clusters, clusterOf } = assignClusters(clusters, opposite(8, epoch), { ...input, epoch }));
      expect(clusters.map(({ id }) => id)).toEqual(ids);
      expect(new Map([...clusterOf].sort())).toEqual(new Map([...of].sort()));
    }
    expect(clusters.flatMap(({ members }) => members).toSorted()).toEqual(NODES.slice(0, 8));
  });

  it("take in whoever comes when there is no more room, and are none when there may be none", () => {
    const one = { ...input, settings: { maximum: 1, similarityPpm: 1_000_000 } };
    expect(assignClusters([], opposite(4), one).clusters).toHaveLength(1);
    const none = { ...input, settings: { maximum: 0, similarityPpm: 0 } };
    const { clusters } = assignClusters([], opposite(4), input);
    expect(assignClusters(clusters, opposite(4), none)).toEqual({ clusters: [], clusterOf: new Map() });
  });

  it("are given up when nobody has come for long, and forget who left the registry", () => {
    const { clusters } = assignClusters([], opposite(4), input);
    const later = { ...input, epoch: 1 + IDLE_EPOCHS, staked: new Set(NODES.slice(1)) };
    const kept = assignClusters(clusters, [], later).clusters;
    expect(kept.map(({ id }) => id)).toEqual(clusters.map(({ id }) => id));
    expect(kept.flatMap(({ members }) => members)).not.toContain(NODES[0]);
    expect(assignClusters(clusters, [], { ...later, epoch: later.epoch + 1 }).clusters).toEqual([]);
  });

  it("move a node with its last delta", () => {
    const before = assignClusters([], opposite(4), input).clusters;
    const [first, second] = opposite(2, 2);
    if (first === undefined || second === undefined) throw new Error("no deltas");
    const swapped = [{ ...first, author: second.author }];
    const after = assignClusters(before, swapped, { ...input, epoch: 2 });
    const of = (node: string) => after.clusters.filter(({ members }) => members.includes(node));
    expect(of(second.author).map(({ id }) => id)).toEqual([after.clusterOf.get(second.author)]);
    expect(of(second.author)).toEqual(of(first.author));
  });
});
