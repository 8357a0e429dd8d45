import { createPublicClient, defineChain, fallback, http, type Chain as ViemChain } from "viem";
import type { GenesisChain } from "../core/genesis.ts";

/** Where a network's chain is reached. URLs come from network.json, addresses from genesis. */
export interface ChainNetwork {
  /** JSON-RPC over HTTP; the next one is asked when one fails. */
  readonly rpcUrls: readonly string[];
  readonly chain: GenesisChain;
}

const REQUEST_TIMEOUT_MS = 5_000;
/** Receipts are asked for this often. */
const POLLING_INTERVAL_MS = 500;

export type ReadClient = ReturnType<typeof createReadClient>;

/** What is needed to read a chain of which no contracts are known. */
type ChainAccess = Pick<ChainNetwork, "rpcUrls"> & { readonly chain: Pick<GenesisChain, "chainId"> };

interface Patience {
  readonly pollingIntervalMs?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
}

/** Fails fast unless told to wait: whoever calls knows better than a retry loop whether to wait for the chain. */
export function createReadClient(network: ChainAccess, patience: Patience = {}) {
  const { timeoutMs = REQUEST_TIMEOUT_MS, retries = 0 } = patience;
  return createPublicClient({
    chain: viemChain(network.chain.chainId, network.rpcUrls),
    transport: fallback(
      network.rpcUrls.map((url) => http(url, { retryCount: retries, timeout: timeoutMs })),
      { retryCount: 0 },
    ),
    pollingInterval: patience.pollingIntervalMs ?? POLLING_INTERVAL_MS,
    cacheTime: 0,
  });
}

export function viemChain(chainId: number, rpcUrls: readonly string[]): ViemChain {
  return defineChain({
    id: chainId,
    name: chainId === LOCAL_CHAIN_ID ? "Parley local network" : `Chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [...rpcUrls] } },
  });
}

/** Chain id of anvil and of no public chain: demo wallets exist only here. */
export const LOCAL_CHAIN_ID = 31_337;
