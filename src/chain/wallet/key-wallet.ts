import { hexToBytes, isHex, numberToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { failure } from "../../core/errors.ts";
import type { Address } from "../../core/primitives.ts";
import type { ResendingWallet } from "../../ports/chain.ts";
import { lowerCase } from "../hex.ts";
import type { ChainNetwork } from "../network.ts";
import { parseTransaction, requireChain, signAndSend, signMessage } from "./demo-signing.ts";
import { describeCall } from "./describe-call.ts";
import { createLocalRpc, type LocalRpc } from "./local-rpc.ts";
import { type Eip1193Provider, ProviderError } from "./provider.ts";
import { createWallet } from "./wallet.ts";

export const KEY_WALLET_ID = "key-file";

/** What a key is about to sign. */
export interface KeyWalletRequest {
  readonly kind: "connect" | "transaction" | "signature";
  readonly account: Address;
  /** A sentence for a log or a person. */
  readonly summary: string;
}

export interface KeyWalletOptions {
  readonly network: ChainNetwork;
  /** secp256k1, 32 bytes in hexadecimal behind 0x. */
  readonly privateKey: `0x${string}`;
  /** Answers for the owner of the key; a "no" is `wallet-rejected`. */
  readonly agree: (request: KeyWalletRequest) => Promise<boolean>;
}

/**
 * The Wallet of a process with a private key of its own, instead of a person with a browser wallet. Connect it by
 * KEY_WALLET_ID. Errors: wallet-key (not a private key); those of the Wallet port.
 */
export function createKeyWallet({ network, privateKey, agree }: KeyWalletOptions): ResendingWallet {
  const page = new EventTarget();
  const info = { uuid: KEY_WALLET_ID, name: "Key file", icon: "", rdns: "invalid.parley.key-wallet" };
  const detail = Object.freeze({ info, provider: keyProvider(network, privateKey, agree) });
  page.addEventListener("eip6963:requestProvider", () =>
    page.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail })),
  );
  return createWallet(network, page);
}

/** The account of a private key. Errors: wallet-key. */
export function accountOfKey(privateKey: `0x${string}`): Address {
  return lowerCase(localAccount(privateKey).address);
}

function keyProvider(
  { rpcUrls, chain, provider }: ChainNetwork,
  privateKey: `0x${string}`,
  agree: KeyWalletOptions["agree"],
): Eip1193Provider {
  const signer = localAccount(privateKey);
  const account = lowerCase(signer.address);
  const rpc: LocalRpc =
    provider === undefined
      ? firstAnswering(rpcUrls)
      : (method, params = []) => provider.request({ method, params });
  const consent = async (kind: KeyWalletRequest["kind"], summary: string): Promise<void> => {
    if (!(await agree({ kind, account, summary })))
      throw new ProviderError(4001, "The owner of the key refused");
  };
  const methods: Readonly<Record<string, (params: readonly unknown[]) => Promise<unknown>>> = {
    eth_requestAccounts: async () => {
      await consent("connect", "Use this account");
      return [account];
    },
    eth_chainId: async () => numberToHex(chain.chainId),
    wallet_switchEthereumChain: async (params) => requireChain(params, chain.chainId),
    eth_sendTransaction: async (params) => {
      const transaction = parseTransaction(params, account);
      await consent("transaction", describeCall(transaction.data, chain));
      return signAndSend(rpc, signer, chain.chainId, transaction);
    },
    personal_sign: async (params) => {
      await consent("signature", "Sign a text");
      return signMessage(signer, params);
    },
  };
  return {
    request: async ({ method, params = [] }) => {
      const own = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (own === undefined) throw new ProviderError(4200, `The key wallet does not do ${method}`);
      return own(params);
    },
  };
}

/** The next URL is asked when one does not answer; what a node refuses is refused. */
function firstAnswering(rpcUrls: readonly string[]): LocalRpc {
  const rpcs = rpcUrls.map((url) => createLocalRpc(url));
  return async (method, params) => {
    let problem: unknown = failure("chain-unreachable", "No URL of the chain is known");
    for (const rpc of rpcs) {
      try {
        return await rpc(method, params);
      } catch (thrown) {
        if (thrown instanceof ProviderError) throw thrown;
        problem = thrown;
      }
    }
    throw problem;
  };
}

function localAccount(privateKey: `0x${string}`) {
  try {
    if (isHex(privateKey) && hexToBytes(privateKey).length === 32) return privateKeyToAccount(privateKey);
  } catch {
    // Zero, or above the order of the curve: told below. The key itself is never part of an error.
  }
  throw failure("wallet-key", "This is not a private key", "0x and 64 hexadecimal digits");
}
