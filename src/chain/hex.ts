import type { Address, Hex } from "../core/primitives.ts";

/** EVM libraries write 0x before hexadecimal; the protocol's own values (hashes, node ids, signatures) do not. */
export function with0x(hex: Hex): `0x${string}` {
  return `0x${hex}`;
}

export function without0x(hex: `0x${string}`): Hex {
  return hex.slice(2).toLowerCase();
}

export function lowerCase(address: `0x${string}`): Address {
  return address.toLowerCase() as Address;
}
