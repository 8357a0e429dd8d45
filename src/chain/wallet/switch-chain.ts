import { numberToHex } from "viem";
import { failure, type ParleyError } from "../../core/errors.ts";
import { toChainError } from "../errors.ts";
import { type ChainNetwork, viemChain } from "../network.ts";
import type { Eip1193Provider } from "./provider.ts";
import { hasCode } from "./provider-errors.ts";

/** EIP-1193 and EIP-3326: the wallet does not know the chain. */
const UNKNOWN_CHAIN = 4902;
/** The wallet knows no such method. */
const UNSUPPORTED = [4200, -32601, -32004];

/**
 * Makes the wallet use the network's chain (EIP-3326), adding it when the wallet does not know it (EIP-3085).
 * Errors: wallet-wrong-chain, also where the wallet lets only its user switch; and the wallet's.
 */
export async function useNetworkChain(provider: Eip1193Provider, network: ChainNetwork): Promise<void> {
  const wanted = network.chain.chainId;
  if ((await chainIdOf(provider)) === wanted) return;
  try {
    await switchTo(provider, wanted);
  } catch (thrown) {
    if (UNSUPPORTED.some((code) => hasCode(thrown, code)) && !hasCode(thrown, UNKNOWN_CHAIN)) {
      throw wrongChain(network, await chainIdOf(provider), "Switch the chain in the wallet by hand");
    }
    if (!hasCode(thrown, UNKNOWN_CHAIN)) throw toChainError(thrown);
    await addChain(provider, network);
  }
  const now = await chainIdOf(provider);
  if (now !== wanted) throw wrongChain(network, now, "The wallet is on another chain");
}

/** The chain that the wallet is on. */
export async function chainIdOf(provider: Eip1193Provider): Promise<number> {
  try {
    return Number(await provider.request({ method: "eth_chainId", params: [] }));
  } catch (thrown) {
    throw toChainError(thrown);
  }
}

async function switchTo(provider: Eip1193Provider, chainId: number): Promise<void> {
  await provider.request({
    method: "wallet_switchEthereumChain",
    params: [{ chainId: numberToHex(chainId) }],
  });
}

/** Wallets offer to switch after adding, but need not: the caller checks. */
async function addChain(provider: Eip1193Provider, network: ChainNetwork): Promise<void> {
  const { name, nativeCurrency } = viemChain(network.chain.chainId, network.rpcUrls);
  const chainId = numberToHex(network.chain.chainId);
  const { rpcUrls } = network;
  try {
    await provider.request({
      method: "wallet_addEthereumChain",
      params: [{ chainId, chainName: name, nativeCurrency, rpcUrls }],
    });
    await switchTo(provider, network.chain.chainId);
  } catch (thrown) {
    throw toChainError(thrown);
  }
}

function wrongChain({ chain }: ChainNetwork, received: number, message: string): ParleyError {
  return failure("wallet-wrong-chain", message, String(chain.chainId), String(received));
}
