import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { hexToBytes } from "./bytes.ts";
import { signDigest } from "./epoch/root.ts";
import { operatorBindingDigest } from "./operator-binding.ts";

test("the binding of operator and node has the digest and the signature of the shared vector", async () => {
  const file = new URL("../../vectors/operator-binding.json", import.meta.url);
  const { domain, binding, digest, privateKey, signature } = JSON.parse(await readFile(file, "utf8"));
  const chain = { chainId: domain.chainId, staking: domain.verifyingContract };
  expect(operatorBindingDigest(chain, binding)).toBe(digest);
  expect(signDigest(digest, hexToBytes(privateKey))).toBe(signature);
});
