import { hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesToHex, hexToBytes } from "./bytes.ts";
import { operatorAddress } from "./epoch/root.ts";
import { nodeIdOf } from "./identity.ts";
import { operatorKeyOf } from "./operator-key.ts";

describe("operatorKeyOf", () => {
  it("is what it always was (vectors)", () => {
    const rows = ["00", "01", "ff"].map((byte) => {
      const seed = hexToBytes(byte.repeat(32));
      return [nodeIdOf(seed), bytesToHex(operatorKeyOf(seed)), operatorAddress(operatorKeyOf(seed))];
    });
    expect(rows).toMatchInlineSnapshot(`
      [
        [
          "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
          "32af48a132e97b981bffa10ab362a5e4ca02c79d39efc835f60e8f9b45d91f61",
          "0xf9893b1f6c82873a0df58f3f0e779524f157fe29",
        ],
        [
          "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
          "14871dd58f30d3c450421d80ec171387165c6400d11e9e943b06164fb05a5301",
          "0x79affaf41aef92c1144d02ccf0bf25a4d2b892de",
        ],
        [
          "76a1592044a6e4f511265bca73a604d90b0529d1df602be30a19a9257660d1f5",
          "83dba4431d550f1a40aab65e928dab633584861cafab20277d8a2c116dc6b66d",
          "0xc0e1ef3a017d39be98ec162f9eb9930a246a8f40",
        ],
      ]
    `);
  });

  it("is HKDF-SHA256 of the seed under its label, as another implementation computes it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
        const info = Buffer.from("parley/operator-key/1\0", "latin1");
        const expected = new Uint8Array(hkdfSync("sha256", seed, new Uint8Array(), info, 32));
        expect(operatorKeyOf(seed)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses what is no seed", () => {
    expect(() => operatorKeyOf(new Uint8Array(31))).toThrow(expect.objectContaining({ code: "bad-seed" }));
  });
});
