import { hashTypedData } from "viem";
import { bytesToHex } from "../../src/core/bytes.ts";
import { operatorAddress, signDigest } from "../../src/core/epoch/root.ts";

const FIELDS = [
  { name: "nodeId", type: "bytes32" },
  { name: "account", type: "address" },
  { name: "operator", type: "address" },
] as const;

/** The EIP-712 digest that an operator signs to serve a node, and its signature: Solidity must reproduce the digest. */
export function operatorBindingVector() {
  const privateKey = new Uint8Array(32).fill(0x17);
  const operator = operatorAddress(privateKey);
  const domain = {
    name: "Parley",
    version: "1",
    chainId: 31337,
    verifyingContract: `0x${"6a".repeat(20)}`,
  } as const;
  const binding = {
    nodeId: `0x${"55".repeat(32)}`,
    account: `0x${"77".repeat(20)}`,
    operator,
  } as const;
  const digest = hashTypedData({
    domain,
    types: { OperatorBinding: FIELDS },
    primaryType: "OperatorBinding",
    message: binding,
  }).slice(2);
  return {
    domain,
    type: `OperatorBinding(${FIELDS.map(({ name, type }) => `${type} ${name}`).join(",")})`,
    binding: { ...binding, nodeId: binding.nodeId.slice(2) },
    digest,
    privateKey: bytesToHex(privateKey),
    signature: signDigest(digest, privateKey),
  };
}
