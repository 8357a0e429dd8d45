import { encodeFunctionData, isHex, numberToHex, parseEther } from "viem";
import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import type { LocalRpc } from "./local-rpc.ts";
import { ProviderError } from "./provider.ts";

/** Enough for years of fees on a local chain. */
const ETHER_WEI = parseEther("100");
const TOKENS_WEI = parseEther("10000");
const ATTEMPTS = 5;
/** Given up only when it will not come any more: a transfer that is sent again gives twice. */
const RECEIPT_ATTEMPTS = 300;
const RECEIPT_INTERVAL_MS = 100;

export interface Faucet {
  readonly token: Address;
  readonly faucet: Address;
}

/**
 * Gives `account` ether and tokens when it has none. The chain signs for the faucet itself (anvil's unlocked
 * accounts); several tabs may draw at once, so a transfer that loses the race for a nonce is tried again.
 * Errors: faucet-empty, chain-unreachable.
 */
export async function fillFromFaucet(rpc: LocalRpc, faucet: Faucet, account: Address): Promise<void> {
  if (BigInt(String(await rpc("eth_getBalance", [account, "latest"]))) === 0n) {
    await rpc("anvil_setBalance", [account, numberToHex(ETHER_WEI)]);
  }
  if ((await tokensOf(rpc, faucet, account)) > 0n) return;
  const data = encodeFunctionData({
    abi: parleyTokenAbi,
    functionName: "transfer",
    args: [account, TOKENS_WEI],
  });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await drew(rpc, { from: faucet.faucet, to: faucet.token, data })) return;
  }
  throw failure("faucet-empty", "The local network's faucet gave no tokens", undefined, faucet.faucet);
}

async function tokensOf(rpc: LocalRpc, { token }: Faucet, account: Address): Promise<bigint> {
  const data = encodeFunctionData({ abi: parleyTokenAbi, functionName: "balanceOf", args: [account] });
  const answer = await rpc("eth_call", [{ to: token, data }, "latest"]);
  return isHex(answer) && answer !== "0x" ? BigInt(answer) : 0n;
}

async function drew(rpc: LocalRpc, transaction: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    const hash = await rpc("eth_sendTransaction", [transaction]);
    return await succeeded(rpc, hash);
  } catch (thrown) {
    if (thrown instanceof ProviderError) return false;
    throw thrown;
  }
}

async function succeeded(rpc: LocalRpc, hash: unknown): Promise<boolean> {
  for (let attempt = 0; attempt < RECEIPT_ATTEMPTS; attempt++) {
    const receipt = await rpc("eth_getTransactionReceipt", [hash]);
    if (typeof receipt === "object" && receipt !== null && "status" in receipt)
      return receipt.status === "0x1";
    await new Promise((resolve) => setTimeout(resolve, RECEIPT_INTERVAL_MS));
  }
  return false;
}
