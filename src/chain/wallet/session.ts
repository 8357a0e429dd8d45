import { getAddress, isAddress, numberToHex } from "viem";
import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import { codeOf, toChainError, UNKNOWN_CHAIN } from "../errors.ts";
import { lowerCase } from "../hex.ts";
import { type ChainNetwork, viemChain } from "../network.ts";
import type { DiscoveredWallet } from "./discovery.ts";
import type { Eip1193Provider } from "./provider.ts";

/** One connected wallet. */
export interface WalletSession {
  readonly provider: Eip1193Provider;
  account(): Address;
  /** Makes the wallet use the network's chain, adding it when the wallet does not know it. */
  useNetworkChain(): Promise<void>;
  close(): void;
}

/** Asks for an account. `onAccount` hears of a change in the wallet, undefined when it withdraws its permission. */
export async function openSession(
  wallet: DiscoveredWallet,
  network: ChainNetwork,
  onAccount: (account: Address | undefined) => void,
): Promise<WalletSession> {
  const { provider } = wallet;
  const first = firstAccount(await request(provider, "eth_requestAccounts"));
  if (first === undefined) throw failure("wallet-rejected", "The wallet gave no account");
  let account = first;
  await useChain(provider, network);

  const onAccountsChanged = (accounts: unknown) => {
    const next = firstAccount(accounts);
    if (next !== undefined) account = next;
    onAccount(next);
  };
  provider.on?.("accountsChanged", onAccountsChanged);
  return {
    provider,
    account: () => account,
    useNetworkChain: () => useChain(provider, network),
    close: () => provider.removeListener?.("accountsChanged", onAccountsChanged),
  };
}

async function useChain(provider: Eip1193Provider, network: ChainNetwork): Promise<void> {
  const wanted = network.chain.chainId;
  if ((await chainIdOf(provider)) === wanted) return;
  const chainId = numberToHex(wanted);
  try {
    await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
  } catch (thrown) {
    if (codeOf(thrown) !== UNKNOWN_CHAIN) throw toChainError(thrown);
    await addChain(provider, network);
  }
  const now = await chainIdOf(provider);
  if (now !== wanted) {
    throw failure("wallet-wrong-chain", "The wallet is on another chain", String(wanted), String(now));
  }
}

/** EIP-3085. Wallets offer to switch after adding, but need not: the caller checks. */
async function addChain(provider: Eip1193Provider, network: ChainNetwork): Promise<void> {
  const { name, nativeCurrency } = viemChain(network.chain.chainId, network.rpcUrls);
  const chainId = numberToHex(network.chain.chainId);
  await request(provider, "wallet_addEthereumChain", [
    { chainId, chainName: name, nativeCurrency, rpcUrls: network.rpcUrls },
  ]);
  await request(provider, "wallet_switchEthereumChain", [{ chainId }]);
}

async function chainIdOf(provider: Eip1193Provider): Promise<number> {
  return Number(await request(provider, "eth_chainId"));
}

async function request(
  provider: Eip1193Provider,
  method: string,
  params: readonly unknown[] = [],
): Promise<unknown> {
  try {
    return await provider.request({ method, params });
  } catch (thrown) {
    throw toChainError(thrown);
  }
}

function firstAccount(accounts: unknown): Address | undefined {
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  return typeof first === "string" && isAddress(first) ? lowerCase(getAddress(first)) : undefined;
}
