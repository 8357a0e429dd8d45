import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, ZERO_HASH } from "../bytes.ts";
import type { Address } from "../primitives.ts";
import { claimProof, claimsRoot, leafHash } from "./claims.ts";

const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes): Address => `0x${bytesToHex(bytes)}`);
const balances = fc
  .array(fc.tuple(address, fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })), { minLength: 1, maxLength: 40 })
  .map((entries) => new Map(entries));

describe("claims tree", () => {
  it("has the root and proofs of OpenZeppelin's StandardMerkleTree", () => {
    fc.assert(
      fc.property(balances, (balancesDue) => {
        const tree = StandardMerkleTree.of([...balancesDue], ["address", "uint256"]);
        expect(`0x${claimsRoot(balancesDue)}`).toBe(tree.root);
        for (const [account, amount] of balancesDue) {
          const { proof } = claimProof({ balancesDue }, account);
          expect(proof.map((hash) => `0x${hash}`)).toEqual(tree.getProof([account, amount]));
          expect(`0x${bytesToHex(leafHash(account, amount))}`).toBe(tree.leafHash([account, amount]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is zeros without accounts, and has no proof for a stranger", () => {
    expect(claimsRoot(new Map())).toBe(ZERO_HASH);
    expect(() => claimProof({ balancesDue: new Map() }, `0x${"11".repeat(20)}`)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: "nothing-due" }) }),
    );
  });
});
