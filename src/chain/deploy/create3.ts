import { getContractAddress, numberToHex } from "viem";
import type { Address } from "../../core/primitives.ts";
import { lowerCase } from "../hex.ts";

/** OpenZeppelin's Create3: creation code of the proxy whose first CREATE makes the contract. */
const PROXY_CODE = "0x73365f5f37365f34f06012573d5f5f3e3d5ffd5b005f526014600cf3";

/** Makes the contract: calls its constructor. */
export function create3Proxy(from: Address, salt: number): Address {
  const bytes = numberToHex(salt, { size: 32 });
  return lowerCase(getContractAddress({ opcode: "CREATE2", from, salt: bytes, bytecode: PROXY_CODE }));
}

/** Where a contract is that `from` creates with this salt, whatever its code. */
export function create3Address(from: Address, salt: number): Address {
  return lowerCase(getContractAddress({ from: create3Proxy(from, salt), nonce: 1n }));
}
