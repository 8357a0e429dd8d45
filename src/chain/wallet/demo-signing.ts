import {
  createWalletClient,
  custom,
  hexToBigInt,
  isAddress,
  isHash,
  isHex,
  type TypedDataDefinition,
} from "viem";
import { generatePrivateKey, type PrivateKeyAccount } from "viem/accounts";
import { z } from "../../core/codec/zod.ts";
import type { Address } from "../../core/primitives.ts";
import { lowerCase } from "../hex.ts";
import { viemChain } from "../network.ts";
import type { LocalRpc } from "./local-rpc.ts";
import { ProviderError } from "./provider.ts";

/** The profile's key, made at the first use. */
export function loadKey(storage: Pick<Storage, "getItem" | "setItem">, item: string): `0x${string}` {
  const kept = storage.getItem(item);
  if (kept !== null && isHash(kept)) return kept;
  const key = generatePrivateKey();
  storage.setItem(item, key);
  return key;
}

export interface DemoTransaction {
  readonly to: Address;
  readonly data?: `0x${string}`;
  readonly value: bigint;
  /** Gas limit; estimated when absent. */
  readonly gas?: bigint;
}

const hex = z.custom<`0x${string}`>((value) => isHex(value));
const address = z
  .custom<`0x${string}`>((value) => typeof value === "string" && isAddress(value))
  .transform(lowerCase);
const transactionSchema = z.object({
  from: address,
  to: address,
  data: hex.optional(),
  value: hex.optional(),
  gas: hex.optional(),
});

export function parseTransaction(params: readonly unknown[], from: Address): DemoTransaction {
  const parsed = transactionSchema.safeParse(params[0]);
  if (!parsed.success) throw invalidParams(z.prettifyError(parsed.error));
  if (parsed.data.from !== from) throw invalidParams(`from must be ${from}`);
  const { to, data, value, gas } = parsed.data;
  return {
    to,
    value: value === undefined ? 0n : hexToBigInt(value),
    ...(data === undefined ? {} : { data }),
    ...(gas === undefined ? {} : { gas: hexToBigInt(gas) }),
  };
}

export async function signAndSend(
  rpc: LocalRpc,
  account: PrivateKeyAccount,
  chainId: number,
  transaction: DemoTransaction,
): Promise<`0x${string}`> {
  const client = createWalletClient({
    account,
    chain: viemChain(chainId, []),
    transport: custom({ request: ({ method, params }) => rpc(method, params) }, { retryCount: 0 }),
  });
  return client.sendTransaction(transaction);
}

/** EIP-712: [address, typed data as JSON text]. */
export async function signTypedData(account: PrivateKeyAccount, params: readonly unknown[]): Promise<string> {
  const text = params[1];
  const parsed = typedDataSchema.safeParse(typeof text === "string" ? parseJson(text) : text);
  if (!parsed.success) throw invalidParams(z.prettifyError(parsed.error));
  return account.signTypedData(parsed.data);
}

const typedDataSchema = z.custom<TypedDataDefinition>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    "types" in value &&
    "message" in value &&
    "primaryType" in value,
);

/** [message in hexadecimal, address]. */
export async function signMessage(account: PrivateKeyAccount, params: readonly unknown[]): Promise<string> {
  const parsed = hex.safeParse(params[0]);
  if (!parsed.success) throw invalidParams("expected the message in hexadecimal");
  return account.signMessage({ message: { raw: parsed.data } });
}

/** The demo wallet knows one chain only. */
export function requireChain(params: readonly unknown[], chainId: number): null {
  const parsed = z.object({ chainId: hex }).safeParse(params[0]);
  if (!parsed.success) throw invalidParams("expected {chainId}");
  if (Number(parsed.data.chainId) !== chainId) {
    throw new ProviderError(4902, `The demo wallet knows chain ${chainId} only`);
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON-RPC's code for invalid parameters. */
function invalidParams(message: string): ProviderError {
  return new ProviderError(-32_602, message);
}
