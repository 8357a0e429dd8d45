import { privateKeyToAccount } from "viem/accounts";
import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import { EMBEDDED_CHAIN_ID, LOCAL_CHAIN_ID } from "../network.ts";
import {
  loadKey,
  parseTransaction,
  requireChain,
  signAndSend,
  signMessage,
  signTypedData,
} from "./demo-signing.ts";
import { DEMO_WALLET_RDNS } from "./demo-wallet-name.ts";
import { describeCall, type Spenders } from "./describe-call.ts";
import type { LocalRpc } from "./local-rpc.ts";
import { type Eip1193Provider, ProviderError } from "./provider.ts";

/** What the person in front of the demo wallet is asked. */
export interface DemoWalletRequest {
  readonly kind: "connect" | "transaction" | "signature";
  readonly account: Address;
  /** A sentence for the dialog. */
  readonly summary: string;
  readonly to?: Address;
  readonly valueWei?: bigint;
}

export interface DemoWalletOptions {
  readonly rpc: LocalRpc;
  readonly chainId: number;
  /** The network's, by which a call is put in words. */
  readonly contracts: Spenders;
  /** What people see in the list of wallets. */
  readonly name: string;
  /** Gives the account ether and tokens when it has none. */
  readonly fill: (account: Address) => Promise<void>;
  /** Shows the request and answers whether the person agreed. */
  readonly confirm: (request: DemoWalletRequest) => Promise<boolean>;
  /** Where the wallet is announced: the window. */
  readonly target: EventTarget;
  /** Where the profile's key is kept: localStorage. */
  readonly storage: Pick<Storage, "getItem" | "setItem">;
}

export const DEMO_WALLET_NAME = "Demo wallet (local network only)";
export const ALONE_WALLET_NAME = "Demo wallet (this browser only)";
/** Chains on which nothing has a price. */
const WORTHLESS_CHAINS: ReadonlySet<number> = new Set([LOCAL_CHAIN_ID, EMBEDDED_CHAIN_ID]);
const KEY_ITEM = "parley.demo-wallet.key";
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%23b45309'/%3E%3Cpath d='M8 11h16v10H8zM19 14h5v4h-5z' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

/**
 * Announces a wallet (EIP-6963) whose key lies unprotected in the browser and whose money comes from a faucet:
 * good for trying a local network or a chain of this browser alone, for nothing else. Returns how to take it back.
 * Errors: demo-wallet-not-local (another chain).
 */
export function announceDemoWallet(options: DemoWalletOptions): () => void {
  if (!WORTHLESS_CHAINS.has(options.chainId)) {
    const [expected, received] = [String(LOCAL_CHAIN_ID), String(options.chainId)];
    throw failure("demo-wallet-not-local", "The demo wallet is for local networks", expected, received);
  }
  const provider = createDemoProvider(options);
  const info = { uuid: crypto.randomUUID(), name: options.name, icon: ICON, rdns: DEMO_WALLET_RDNS };
  const announce = () => {
    const detail = Object.freeze({ info, provider });
    options.target.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  };
  options.target.addEventListener("eip6963:requestProvider", announce);
  announce();
  return () => options.target.removeEventListener("eip6963:requestProvider", announce);
}

function createDemoProvider(options: DemoWalletOptions): Eip1193Provider {
  const { rpc } = options;
  const account = privateKeyToAccount(loadKey(options.storage, KEY_ITEM));
  const address = account.address.toLowerCase() as Address;
  let connected = false;

  const consent = async (request: Omit<DemoWalletRequest, "account">) => {
    if (!(await options.confirm({ ...request, account: address }))) {
      throw new ProviderError(4001, "The user refused the request");
    }
  };
  const methods: Readonly<Record<string, (params: readonly unknown[]) => Promise<unknown>>> = {
    eth_requestAccounts: async () => {
      if (!connected) await consent({ kind: "connect", summary: "Let this page see the demo account" });
      await options.fill(address);
      connected = true;
      return [address];
    },
    eth_accounts: async () => (connected ? [address] : []),
    wallet_switchEthereumChain: async (params) => requireChain(params, options.chainId),
    wallet_addEthereumChain: async (params) => requireChain(params, options.chainId),
    eth_sendTransaction: async (params) => {
      const transaction = parseTransaction(params, address);
      await consent({
        kind: "transaction",
        summary: describeCall(transaction.data, options.contracts),
        to: transaction.to,
        valueWei: transaction.value,
      });
      return signAndSend(rpc, account, options.chainId, transaction);
    },
    eth_signTypedData_v4: async (params) => {
      await consent({ kind: "signature", summary: "Sign typed data" });
      return signTypedData(account, params);
    },
    personal_sign: async (params) => {
      await consent({ kind: "signature", summary: "Sign a message" });
      return signMessage(account, params);
    },
  };
  return {
    request: async ({ method, params = [] }) => {
      const own = Object.hasOwn(methods, method) ? methods[method] : undefined;
      return own === undefined ? passOn(rpc, method, params) : own(params);
    },
  };
}

/** Only reads are passed on: a local chain would also sign for its own accounts and change its state. */
async function passOn(rpc: LocalRpc, method: string, params: readonly unknown[]): Promise<unknown> {
  if (!/^(eth_(blockNumber|call|chainId|estimateGas|feeHistory|gasPrice|get\w+)|net_version)$/.test(method)) {
    throw new ProviderError(4200, `The demo wallet does not do ${method}`);
  }
  return rpc(method, params);
}
