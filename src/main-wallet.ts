import type { NetworkFile } from "./app/network-file.ts";
import { Wallets } from "./app/wallet/wallet-service.ts";
import { createChain } from "./chain/chain.ts";
import type { DemoWalletRequest } from "./chain/wallet/demo-wallet.ts";
import { createWallet } from "./chain/wallet/wallet.ts";
import type { Genesis } from "./core/genesis.ts";
import type { NodeId } from "./core/primitives.ts";
import type { CompanionParts } from "./main-companion.ts";
import type { Chain, Wallet } from "./ports/chain.ts";
import type { Store } from "./ports/store.ts";
import { systemClock } from "./store/system.ts";

/** A network to join, with a wallet's place on its chain. */
export interface FoundNetwork {
  readonly file: NetworkFile;
  readonly genesis: Genesis;
  readonly page: PageWallet;
  /** Absent unless this browser is alone. */
  readonly companion?: Companion | undefined;
}

/** A second node of the page that runs the first. */
export interface Companion {
  /** Where the first is reached by it: /memory/<name>. */
  readonly meetingPlace: string;
  start(parts: CompanionParts, signal: AbortSignal): Promise<void>;
}

export interface PageWallet {
  readonly chain: Chain;
  readonly wallets: Wallets;
}

/** The wallets of this tab: they open where their user looks, whichever tab runs the node. */
export async function startWallet(
  file: NetworkFile,
  genesis: Genesis,
  store: Store,
  nodeId: NodeId,
): Promise<PageWallet> {
  const chainNetwork = { rpcUrls: file.rpcUrls, chain: genesis.chain };
  const chain = createChain(chainNetwork);
  const wallet = createWallet(chainNetwork, window);
  const page = showWallets({ chain, wallet }, store, nodeId);
  if (file.demoWallet) await offerDemoWallet(file, genesis.chain.token);
  return page;
}

export function showWallets(
  { chain, wallet }: { readonly chain: Chain; readonly wallet: Wallet },
  store: Store,
  nodeId: NodeId,
): PageWallet {
  const wallets = new Wallets({ chain, wallet, store, clock: systemClock, nodeId });
  wallets.start();
  return { chain, wallets };
}

/** Local networks only: a wallet for trying things, which asks in a dialog of this page. */
async function offerDemoWallet(file: NetworkFile, token: `0x${string}`): Promise<void> {
  const [rpcUrl] = file.rpcUrls;
  if (rpcUrl === undefined || file.faucet === undefined) return;
  const [{ announceDemoWallet, DEMO_WALLET_NAME }, { createLocalRpc }, { fillFromFaucet }] =
    await Promise.all([
      import("./chain/wallet/demo-wallet.ts"),
      import("./chain/wallet/local-rpc.ts"),
      import("./chain/wallet/faucet.ts"),
    ]);
  const rpc = createLocalRpc(rpcUrl);
  const from = { token, faucet: file.faucet };
  announceDemoWallet({
    rpc,
    chainId: file.chainId,
    name: DEMO_WALLET_NAME,
    fill: (account) => fillFromFaucet(rpc, from, account),
    target: window,
    storage: localStorage,
    confirm: askInDialog(DEMO_WALLET_NAME),
  });
}

/** How a demo wallet asks: in a dialog of this page. */
export function askInDialog(title: string): (request: DemoWalletRequest) => Promise<boolean> {
  return async ({ kind, account, summary }) => {
    const { confirmInDialog } = await import("./ui/dialogs/confirm.ts");
    return confirmInDialog({
      title,
      lines: [summary, `Account ${account}`],
      confirmLabel: kind === "connect" ? "Connect" : kind === "signature" ? "Sign" : "Send",
    });
  };
}
