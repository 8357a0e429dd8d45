import { runInNewContext } from "node:vm";
import { fillFromFaucet } from "../../src/chain/wallet/faucet.ts";
import { createLocalRpc } from "../../src/chain/wallet/local-rpc.ts";
import type { Address } from "../../src/core/primitives.ts";

/** What tests turn on the page: `window.__testWallet`. */
export interface TestWalletSwitches {
  /** What the user answers to every request. */
  mode: "accept" | "reject";
  /** Chain that the wallet is on; a switch to a chain that is not in `knownChains` fails with 4902. */
  chainId: number;
  knownChains: number[];
  /** Transactions that the user has been asked for. */
  asked: number;
}

declare global {
  interface Window {
    __testWallet: TestWalletSwitches;
  }
}

export interface TestWalletOptions {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Any address: the local chain signs for it without a key (anvil_impersonateAccount). */
  readonly account: Address;
}

/**
 * A page script (Playwright's addInitScript) that announces "Test wallet" by EIP-6963. It has no dialog: tests say
 * beforehand what the user answers. Give its account money with `fundTestAccount` first.
 */
export function testWalletScript(options: TestWalletOptions): string {
  // Compilers that keep function names (esbuild) wrap functions in calls of __name.
  const install = `(${installTestWallet.toString()})(window, ${JSON.stringify(options)})`;
  return `((__name) => ${install})((named) => named);`;
}

/** A stand-in for a page's window outside a browser: events, and the test wallet's switches. */
export type TestPage = EventTarget & { __testWallet: TestWalletSwitches };

export function testPage(options: TestWalletOptions): TestPage {
  const page = new EventTarget();
  runInNewContext(testWalletScript(options), {
    window: page,
    CustomEvent,
    fetch,
    Object,
    Error,
    JSON,
    Number,
  });
  if (!hasSwitches(page)) throw new Error("the test wallet's script did not install itself");
  return page;
}

function hasSwitches(page: EventTarget): page is TestPage {
  return "__testWallet" in page;
}

/** Ether, tokens, and the local chain's willingness to sign for the account. */
export async function fundTestAccount(options: {
  readonly rpcUrl: string;
  readonly token: Address;
  readonly faucet: Address;
  readonly account: Address;
}): Promise<void> {
  const rpc = createLocalRpc(options.rpcUrl);
  await rpc("anvil_impersonateAccount", [options.account]);
  await fillFromFaucet(rpc, options, options.account);
}

/** Runs on the page as text: it may use nothing from outside itself. */
function installTestWallet(page: Window, { rpcUrl, chainId, account }: TestWalletOptions): void {
  const switches: TestWalletSwitches = { mode: "accept", chainId, knownChains: [chainId], asked: 0 };
  page.__testWallet = switches;

  const refusal = (code: number, message: string) => Object.assign(new Error(message), { code });
  const askUser = () => {
    if (switches.mode === "reject") throw refusal(4001, "User rejected the request.");
  };
  const rpc = async (method: string, params: readonly unknown[]) => {
    const response = await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer = await response.json();
    if (answer.error) throw refusal(answer.error.code, answer.error.message);
    return answer.result;
  };
  const chainOf = (params: readonly unknown[]) => Number((params[0] as { chainId: string }).chainId);
  const provider = {
    async request({ method, params = [] }: { method: string; params?: readonly unknown[] }) {
      switch (method) {
        case "eth_requestAccounts":
          askUser();
          return [account];
        case "eth_accounts":
          return [account];
        case "eth_chainId":
          return `0x${switches.chainId.toString(16)}`;
        case "wallet_switchEthereumChain":
          askUser();
          if (!switches.knownChains.includes(chainOf(params))) throw refusal(4902, "Unrecognized chain.");
          switches.chainId = chainOf(params);
          return null;
        case "wallet_addEthereumChain":
          askUser();
          switches.knownChains.push(chainOf(params));
          return null;
        case "eth_sendTransaction":
          switches.asked += 1;
          askUser();
          // A local chain that was started again has forgotten whom it signs for.
          await rpc("anvil_impersonateAccount", [account]);
          return rpc(method, params);
        case "personal_sign":
          askUser();
          return rpc(method, params);
        default:
          return rpc(method, params);
      }
    },
    on() {},
    removeListener() {},
  };
  const info = {
    uuid: "00000000-0000-4000-8000-7e577a11e700",
    name: "Test wallet",
    icon: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E",
    rdns: "invalid.parley.test-wallet",
  };
  const announce = () => {
    const detail = Object.freeze({ info, provider });
    page.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  };
  page.addEventListener("eip6963:requestProvider", announce);
  announce();
}
