import { describe, expect, it } from "vitest";
import { makeGenesis } from "../../../vectors/lib/world.ts";
import { encodeGenesis, genesisCid } from "../../core/artifacts/genesis.ts";
import { decodeCbor, encodeCbor } from "../../core/codec/dag-cbor.ts";
import { z } from "../../core/codec/zod.ts";
import { cidOfKept, decodeKeptGenesis } from "./kept-genesis.ts";

const genesis = makeGenesis();
const kept = encodeGenesis(genesis);

/** As a version without the contract of rewards for anchoring kept it. */
function olderGenesis(): Uint8Array {
  const fields = z.looseObject({ chain: z.record(z.string(), z.unknown()) }).parse(decodeCbor(kept));
  const { anchorRewards: _, ...chain } = fields.chain;
  return encodeCbor({ ...fields, chain });
}

describe("the genesis that a browser's own network was kept with", () => {
  it("is read again", () => {
    expect(decodeKeptGenesis(kept)).toEqual(genesis);
    expect(cidOfKept(kept)).toBe(genesisCid(genesis));
  });

  it("is called another version's when it names other contracts, and still names its databases", () => {
    const older = olderGenesis();
    expect(() => decodeKeptGenesis(older)).toThrow(expect.objectContaining({ code: "alone-outdated" }));
    expect(() => decodeKeptGenesis(Uint8Array.of(1, 2))).toThrow("Another version of Parley");
    expect(cidOfKept(older)).toMatch(/^baf/);
    expect(cidOfKept(older)).not.toBe(genesisCid(genesis));
  });
});
