import { getAddress, isAddress } from "viem";
import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import { toChainError } from "../errors.ts";
import { lowerCase } from "../hex.ts";
import type { ChainNetwork } from "../network.ts";
import type { DiscoveredWallet } from "./discovery.ts";
import type { Eip1193Provider } from "./provider.ts";
import { useNetworkChain } from "./switch-chain.ts";

/** One connected wallet. */
export interface WalletSession {
  readonly provider: Eip1193Provider;
  account(): Address;
  /** Makes the wallet use the network's chain, adding it when the wallet does not know it. */
  useNetworkChain(): Promise<void>;
  /**
   * Hears what its user changes in the wallet from now on: while a question is open there, it stays the question of the
   * account and the chain that it was asked for. Returns stop.
   */
  onChange(listener: (change: WalletChange) => void): () => void;
  close(): void;
}

export type WalletChange = "account" | "chain" | "connection";

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
  const listeners = new Set<(change: WalletChange) => void>();
  const tell = (change: WalletChange) => {
    for (const listener of listeners) listener(change);
  };
  const onAccountsChanged = (accounts: unknown) => {
    const next = firstAccount(accounts);
    if (next === account) return;
    if (next !== undefined) account = next;
    tell("account");
    onAccount(next);
  };
  const heard: readonly (readonly [event: string, listener: (value: unknown) => void])[] = [
    ["accountsChanged", onAccountsChanged],
    ["chainChanged", (chainId) => Number(chainId) !== network.chain.chainId && tell("chain")],
    ["disconnect", () => tell("connection")],
  ];
  const close = () => {
    for (const [event, listener] of heard) provider.removeListener?.(event, listener);
  };
  for (const [event, listener] of heard) provider.on?.(event, listener);
  try {
    await useNetworkChain(provider, network);
  } catch (thrown) {
    close();
    throw thrown;
  }
  return {
    provider,
    account: () => account,
    useNetworkChain: () => useNetworkChain(provider, network),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
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
