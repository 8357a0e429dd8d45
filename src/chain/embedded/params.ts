import { hexToBytes, hexToNumber, isAddress, isHash, isHex } from "viem";
import { z } from "../../core/codec/zod.ts";
import type { Address } from "../../core/primitives.ts";
import { lowerCase } from "../hex.ts";
import { ProviderError } from "../wallet/provider.ts";

/** JSON-RPC's code for invalid parameters. */
const INVALID_PARAMS = -32_602;

export const hex = z.custom<`0x${string}`>((value) => isHex(value));
export const hash = z.custom<`0x${string}`>((value) => typeof value === "string" && isHash(value));
export const address = z
  .custom<Address>((value) => typeof value === "string" && isAddress(value, { strict: false }))
  .transform(lowerCase);
const quantity = hex.transform((value) => BigInt(value));

export const rawTransaction = hex.transform((value) => hexToBytes(value));
/** Up to 32 bytes; a storage slot. */
export const slot = hex
  .refine((value) => hexToBytes(value).length <= 32)
  .transform((value) => hexToBytes(value, { size: 32 }));

const TAGS = ["latest", "pending", "earliest", "safe", "finalized"] as const;
/** A block by number, tag or hash (EIP-1898; this chain has one branch); the newest when nothing is said. */
export const blockTag = z
  .union([
    z.enum(TAGS),
    hex.transform((value) => hexToNumber(value)),
    z.object({ blockHash: hash }),
    z.object({ blockNumber: hex }).transform(({ blockNumber }) => hexToNumber(blockNumber)),
  ])
  .optional()
  .transform((value) => value ?? "latest");
export type BlockTag = z.output<typeof blockTag>;

export const callObject = z.object({
  from: address.optional(),
  to: address.nullish(),
  data: hex.optional(),
  input: hex.optional(),
  value: quantity.optional(),
  gas: quantity.optional(),
});
export type CallObject = z.output<typeof callObject>;

const topic = z.union([hash, z.array(hash)]).nullable();
export const logFilter = z.object({
  address: z.union([address, z.array(address)]).optional(),
  topics: z.array(topic).optional(),
  fromBlock: blockTag,
  toBlock: blockTag,
  blockHash: hash.optional(),
});
export type LogFilter = z.output<typeof logFilter>;

/** Errors: a ProviderError of invalid parameters, which says what is wrong. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProviderError(INVALID_PARAMS, `invalid params: ${z.prettifyError(parsed.error)}`);
}
