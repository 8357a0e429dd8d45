import { readFile } from "node:fs/promises";
import { hashTypedData } from "viem";
import { describe, expect, it } from "vitest";
import type { GenesisChain } from "../core/genesis.ts";
import type { OperatorBinding } from "../core/operator-binding.ts";
import type { Address } from "../core/primitives.ts";
import type { EpochRoot } from "../ports/chain.ts";
import { epochRootTypedData } from "./epoch-root.ts";
import { createOperator } from "./operator.ts";

interface Vector {
  readonly domain: { readonly chainId: number; readonly verifyingContract: Address };
  readonly root: EpochRoot;
  readonly digest: string;
  readonly privateKey: string;
  readonly address: Address;
  readonly signature: string;
}

interface BindingVector extends Pick<Vector, "domain" | "privateKey" | "signature"> {
  readonly binding: OperatorBinding;
}

async function readBindingVector(): Promise<BindingVector> {
  const file = new URL("../../vectors/operator-binding.json", import.meta.url);
  return JSON.parse(await readFile(file, "utf8"));
}

async function readVector(): Promise<Vector> {
  return JSON.parse(await readFile(new URL("../../vectors/epoch-root.json", import.meta.url), "utf8"));
}

/** All contracts at one address. */
function contractsAt(chainId: number, address: Address): GenesisChain {
  return {
    chainId,
    token: address,
    staking: address,
    epochAnchor: address,
    claims: address,
    treasury: address,
    guardian: address,
    disputes: address,
    commitLog: address,
    modelRegistry: address,
    accountLinks: address,
    anchorRewards: address,
  };
}

function chainOf(vector: Vector) {
  const { chainId, verifyingContract: epochAnchor } = vector.domain;
  return contractsAt(chainId, epochAnchor);
}

describe("createOperator", () => {
  it("signs as the core's vector says", async () => {
    const vector = await readVector();
    const chain = chainOf(vector);
    expect(hashTypedData(epochRootTypedData(chain, vector.root))).toBe(`0x${vector.digest}`);
    const operator = createOperator(Buffer.from(vector.privateKey, "hex"), chain);
    expect(operator.address).toBe(vector.address);
    expect(await operator.sign(vector.root)).toBe(vector.signature);
  });

  it("says which node it serves as the core's vector says", async () => {
    const { domain, binding, privateKey, signature } = await readBindingVector();
    const chain = contractsAt(domain.chainId, domain.verifyingContract);
    const operator = createOperator(Buffer.from(privateKey, "hex"), chain);
    expect(operator.address).toBe(binding.operator);
    expect(await operator.signBinding(binding)).toBe(signature);
  });

  it("refuses what is no key", async () => {
    const chain = chainOf(await readVector());
    const invalid = expect.objectContaining({ code: "operator-key" });
    for (const key of [new Uint8Array(31), new Uint8Array(32), new Uint8Array(32).fill(0xff)]) {
      expect(() => createOperator(key, chain)).toThrow(invalid);
    }
  });
});
