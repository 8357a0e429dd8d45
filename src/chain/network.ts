import { createPublicClient, custom, defineChain, type Chain as ViemChain } from "viem";
import type { GenesisChain } from "../core/genesis.ts";
import { Endpoints } from "./endpoints.ts";
import type { Waits } from "./waits.ts";
import type { Eip1193Provider } from "./wallet/provider.ts";

/** Where a network's chain is reached. URLs come from network.json, addresses from genesis. */
export interface ChainNetwork {
  /** JSON-RPC over HTTP; the next one is asked when one fails. */
  readonly rpcUrls: readonly string[];
  readonly chain: GenesisChain;
  /** What is known of the URLs' health, where several parts share it. */
  readonly endpoints?: Endpoints | undefined;
  /** A chain that this process runs itself, in the place of URLs. */
  readonly provider?: Eip1193Provider;
  /** Of a process that ends before the chain has answered. */
  readonly waits?: Waits | undefined;
}

const REQUEST_TIMEOUT_MS = 5_000;
/** Receipts are asked for this often. */
const POLLING_INTERVAL_MS = 500;

export type ReadClient = ReturnType<typeof createReadClient>;

/** What is needed to read a chain of which no contracts are known. */
type ChainAccess = Pick<ChainNetwork, "rpcUrls" | "provider" | "endpoints" | "waits"> & {
  readonly chain: Pick<GenesisChain, "chainId">;
};

interface Patience {
  readonly pollingIntervalMs?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
}

/** Whoever calls may know better than a retry loop whether to wait for the chain: it fails fast unless told to wait. */
export function createReadClient(network: ChainAccess, patience: Patience = {}) {
  const { timeoutMs = REQUEST_TIMEOUT_MS, retries = 0 } = patience;
  const { request } = network.provider ?? network.endpoints ?? openEndpoints(network, timeoutMs);
  return createPublicClient({
    chain: viemChain(network.chain.chainId, network.rpcUrls),
    transport: custom({ request: waitingBy(network, request) }, { retryCount: retries }),
    pollingInterval: patience.pollingIntervalMs ?? POLLING_INTERVAL_MS,
    cacheTime: 0,
  });
}

function waitingBy({ waits }: ChainAccess, request: Eip1193Provider["request"]): Eip1193Provider["request"] {
  return waits === undefined ? request : (asked) => waits.until(() => request(asked));
}

/** The same network; all who read it by this know together how its endpoints are. */
export function withEndpoints(network: ChainNetwork): ChainNetwork {
  const isKnown = network.provider !== undefined || network.endpoints !== undefined;
  return isKnown ? network : { ...network, endpoints: openEndpoints(network) };
}

function openEndpoints({ rpcUrls, chain }: ChainAccess, timeoutMs = REQUEST_TIMEOUT_MS): Endpoints {
  return new Endpoints({
    urls: rpcUrls,
    chain: viemChain(chain.chainId, rpcUrls),
    timeoutMs,
  });
}

export function viemChain(chainId: number, rpcUrls: readonly string[]): ViemChain {
  return defineChain({
    id: chainId,
    name: CHAIN_NAMES.get(chainId) ?? `Chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [...rpcUrls] } },
  });
}

/**
 * "Parl" in ASCII: the chain that a browser runs for itself. Of no public chain, and not the local network's either, so
 * that nothing signed here counts elsewhere.
 */
export const EMBEDDED_CHAIN_ID = 0x5061726c;

/** Chain id of anvil and of no public chain: demo wallets exist only here. */
export const LOCAL_CHAIN_ID = 31_337;

const CHAIN_NAMES: ReadonlyMap<number, string> = new Map([
  [LOCAL_CHAIN_ID, "Parley local network"],
  [EMBEDDED_CHAIN_ID, "Parley, this browser alone"],
]);
