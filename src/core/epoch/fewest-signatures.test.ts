import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../../vectors/lib/world.ts";
import type { Certificate, StakeEntry } from "../chain-types.ts";
import type { Address, Hex } from "../primitives.ts";
import { fewestSignatures } from "./fewest-signatures.ts";

const address = (index: number): Address => `0x${index.toString(16).padStart(40, "0")}`;

/** Node ids run against the operators' addresses. */
function entryOf(stakeWei: bigint, index: number, delegatedWei = 0n): StakeEntry {
  const nodeId = (1_000 - index).toString(16).padStart(64, "0");
  return { nodeId, operator: address(index), account: address(0), stakeWei, delegatedWei, lockedUntilMs: 0 };
}

const signedBy = (operators: readonly Address[]): Certificate => ({
  root: {
    epoch: 3,
    previousRoot: hashOf("p"),
    stateRoot: hashOf("s"),
    claimsRoot: hashOf("c"),
    manifestDigest: hashOf("m"),
    snapshotBlock: 7,
  },
  signatures: operators.map((operator): { operator: Address; signature: Hex } => ({
    operator,
    signature: operator.slice(2),
  })),
});

const signersOf = ({ signatures }: Certificate) => signatures.map(({ operator }) => operator);
const all = (entries: readonly StakeEntry[]) => signedBy(entries.map(({ operator }) => operator));

/** As EpochAnchor.sol words it, of what these operators weigh. */
function passes(operators: readonly Address[], entries: readonly StakeEntry[]): boolean {
  const weigh = (some: readonly StakeEntry[]) =>
    some.reduce((sum, { stakeWei, delegatedWei }) => sum + stakeWei + delegatedWei, 0n);
  const signedWei = weigh(entries.filter(({ operator }) => operators.includes(operator)));
  return signedWei !== 0n && signedWei * 3n >= weigh(entries) * 2n;
}

/** The size of the smallest of all subsets that pass; undefined when none does. */
function smallestPassing(operators: readonly Address[], entries: readonly StakeEntry[]): number | undefined {
  const sizes: number[] = [];
  for (let bits = 0; bits < 2 ** operators.length; bits++) {
    const subset = operators.filter((_, index) => (bits >> index) % 2 === 1);
    if (passes(subset, entries)) sizes.push(subset.length);
  }
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}

describe("the fewest signatures", () => {
  const weight = fc.oneof(fc.bigInt({ min: 0n, max: 4n }), fc.bigInt({ min: 0n, max: 2n ** 90n }));
  const nodes = fc.array(fc.record({ stakeWei: weight, delegatedWei: weight, signs: fc.boolean() }), {
    maxLength: 9,
  });

  it("pass whenever all of them do, and no smaller set of them does", () => {
    fc.assert(
      fc.property(nodes, (list) => {
        const entries = list.map(({ stakeWei, delegatedWei }, i) => entryOf(stakeWei, i + 1, delegatedWei));
        const signers = entries.filter((_, i) => list[i]?.signs).map(({ operator }) => operator);
        const certificate = signedBy(signers);
        const sent = fewestSignatures(certificate, entries);
        const smallest = smallestPassing(signers, entries);
        expect(passes(signersOf(sent), entries)).toBe(passes(signers, entries));
        expect(signersOf(sent).length).toBe(smallest ?? signers.length);
        // What the contract asks for besides: ascending, and under the same root.
        expect(signersOf(sent)).toEqual(signersOf(sent).toSorted());
        expect(sent.root).toBe(certificate.root);
        for (const signature of sent.signatures) expect(certificate.signatures).toContain(signature);
      }),
      { numRuns: 500 },
    );
  });

  it("are 14 of 21 equal ones and 86 of 128", () => {
    for (const [count, needed] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [21, 14],
      [128, 86],
    ] as const) {
      const entries = Array.from({ length: count }, (_, index) => entryOf(100n, index + 1));
      expect(fewestSignatures(all(entries), entries).signatures).toHaveLength(needed);
    }
  });

  it("are those of the heaviest, with what is delegated to them, and of equal ones of the lower node ids", () => {
    const heavy = [entryOf(1n, 1), entryOf(1n, 2, 3n), entryOf(1n, 3), entryOf(4n, 4), entryOf(1n, 5)];
    expect(signersOf(fewestSignatures(all(heavy), heavy))).toEqual([address(2), address(4)]);
    const equal = [entryOf(1n, 1), entryOf(1n, 2), entryOf(1n, 3)];
    expect(signersOf(fewestSignatures(all(equal), equal))).toEqual([address(2), address(3)]);
  });

  it("are the same, in whatever order the registry comes", () => {
    const permuted = nodes.chain((list) => {
      const entries = list.map(({ stakeWei, delegatedWei }, i) => entryOf(stakeWei, i + 1, delegatedWei));
      return fc.tuple(
        fc.constant(entries),
        fc.shuffledSubarray(entries, { minLength: entries.length, maxLength: entries.length }),
      );
    });
    fc.assert(
      fc.property(permuted, ([entries, shuffled]) => {
        expect(fewestSignatures(all(entries), shuffled)).toEqual(fewestSignatures(all(entries), entries));
      }),
    );
  });

  it("leave out who has no stake, and repair nothing: the contract says what is wrong", () => {
    const entries = [entryOf(1n, 1), entryOf(1n, 2), entryOf(1n, 3)];
    const strangers = signedBy([address(1), address(2), address(9)]);
    expect(signersOf(fewestSignatures(strangers, entries))).toEqual([address(1), address(2)]);
    const few = signedBy([address(1), address(9)]);
    expect(fewestSignatures(few, entries)).toBe(few);
    expect(fewestSignatures(few, [])).toBe(few);
    const backwards = signedBy([address(3), address(2), address(1)]);
    expect(signersOf(fewestSignatures(backwards, entries))).toEqual([address(3), address(2)]);
    const twice = signedBy([address(2), address(2), address(3)]);
    expect(signersOf(fewestSignatures(twice, entries))).toEqual([address(2), address(2), address(3)]);
  });
});
