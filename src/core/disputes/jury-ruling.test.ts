import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { hexToBytes } from "../bytes.ts";
import { signDigest } from "../epoch/root.ts";
import { juryRulingDigest } from "./jury-ruling.ts";

describe("juryRulingDigest", () => {
  it("agrees with the vector that Solidity must reproduce", async () => {
    const file = new URL("../../../vectors/jury-ruling.json", import.meta.url);
    const { domain, ruling, digest, privateKey, signature } = JSON.parse(await readFile(file, "utf8"));
    const chain = { chainId: domain.chainId, disputes: domain.verifyingContract };
    expect(juryRulingDigest(chain, ruling)).toBe(digest);
    expect(signDigest(digest, hexToBytes(privateKey))).toBe(signature);
  });

  it("is another one for each dispute, stage, ruling and chain", () => {
    const chain = { chainId: 1, disputes: `0x${"1".repeat(40)}` } as const;
    const ruling = { dispute: 1, stage: 1, ruling: "uphold" } as const;
    const digests = [
      juryRulingDigest(chain, ruling),
      juryRulingDigest(chain, { ...ruling, dispute: 2 }),
      juryRulingDigest(chain, { ...ruling, stage: 2 }),
      juryRulingDigest(chain, { ...ruling, ruling: "overturn" }),
      juryRulingDigest({ ...chain, chainId: 2 }, ruling),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});
