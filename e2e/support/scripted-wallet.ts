import type { LocalRpc } from "../../src/chain/wallet/local-rpc.ts";
import type { Eip1193Provider } from "../../src/chain/wallet/provider.ts";
import type { Address } from "../../src/core/primitives.ts";
import type { LocalChain } from "./local-chain.ts";
import { fundTestAccount } from "./test-wallet.ts";

/** Answers in the place of the wallet when it returns something, or throws. */
type Hook = (params: readonly unknown[]) => Promise<unknown>;

export interface ScriptedWallet {
  readonly page: EventTarget;
  readonly account: Address;
  before(method: string, hook: Hook): void;
  emit(event: string, value: unknown): void;
  asked(method: string): number;
  listeners(): number;
}

/** A wallet over a local chain's own account that tests lead step by step: it emits events and fails when told to. */
export async function scriptedWallet(
  local: Pick<LocalChain, "rpc" | "deployment" | "network">,
): Promise<ScriptedWallet> {
  const { rpc, deployment, network } = local;
  const account: Address = `0x${crypto.randomUUID().replaceAll("-", "").padEnd(40, "0")}`;
  await fundTestAccount({ ...deployment, rpcUrl: network.rpcUrls[0] ?? "", account });
  const hooks = new Map<string, Hook>();
  const asked: string[] = [];
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const provider: Eip1193Provider = {
    async request({ method, params = [] }) {
      asked.push(method);
      return (await hooks.get(method)?.(params)) ?? answer(rpc, account, method, params);
    },
    on(event, listener) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    removeListener: (event, listener) => void listeners.get(event)?.delete(listener),
  };
  return {
    page: pageWith(provider),
    account,
    before: (method, hook) => void hooks.set(method, hook),
    emit: (event, value) => {
      for (const listener of listeners.get(event) ?? []) listener(value);
    },
    asked: (method) => asked.filter((one) => one === method).length,
    listeners: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
  };
}

async function answer(rpc: LocalRpc, account: Address, method: string, params: readonly unknown[]) {
  if (method === "eth_requestAccounts" || method === "eth_accounts") return [account];
  if (method === "wallet_switchEthereumChain") return null;
  return rpc(method, params);
}

function pageWith(provider: Eip1193Provider): EventTarget {
  const page = new EventTarget();
  const info = {
    uuid: crypto.randomUUID(),
    name: "Scripted wallet",
    icon: "",
    rdns: "invalid.parley.scripted",
  };
  page.addEventListener("eip6963:requestProvider", () =>
    page.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: { info, provider } })),
  );
  return page;
}
