import { chainPace } from "./app/chain-pace.ts";
import type { NetworkFile } from "./app/network-file.ts";
import { ChainHistory } from "./app/wallet/chain-history.ts";
import { trackingRules } from "./app/wallet/transactions/judge.ts";
import { Transactions } from "./app/wallet/transactions/transactions.ts";
import { Wallets } from "./app/wallet/wallet-service.ts";
import { createChain } from "./chain/chain.ts";
import { createEventIndex } from "./chain/event-index.ts";
import { type ChainNetwork, createReadClient, withEndpoints } from "./chain/network.ts";
import { createTransactionReads } from "./chain/transaction-reads.ts";
import type { DemoWalletRequest } from "./chain/wallet/demo-wallet.ts";
import { createWallet } from "./chain/wallet/wallet.ts";
import { epochLengthMs } from "./core/epoch/clock.ts";
import type { Genesis, GenesisChain } from "./core/genesis.ts";
import type { Cid, NodeId } from "./core/primitives.ts";
import type { CompanionParts } from "./main-companion.ts";
import type { Chain, ResendingWallet } from "./ports/chain.ts";
import type { ChainRecords } from "./ports/chain-records.ts";
import type { Store } from "./ports/store.ts";
import { openChainRecords } from "./store/chain-records.ts";
import { MemoryChainRecords } from "./store/chain-records-memory.ts";
import { systemClock, systemRandom } from "./store/system.ts";

/** Contracts are deployed, and first stakes made, in the weeks before a network starts. */
const BEFORE_GENESIS_MS = 30 * 24 * 3_600_000;

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
  const chainNetwork = withEndpoints({ rpcUrls: file.rpcUrls, chain: genesis.chain });
  const page = await showWallets(
    { file, genesis, chainNetwork, wallet: createWallet(chainNetwork, window) },
    store,
    nodeId,
  );
  if (file.demoWallet) await offerDemoWallet(file, genesis.chain);
  return page;
}

export interface ShownWallets {
  readonly file: NetworkFile;
  readonly genesis: Genesis;
  readonly chainNetwork: ChainNetwork;
  readonly wallet: ResendingWallet;
}

export async function showWallets(
  { file, genesis, chainNetwork, wallet }: ShownWallets,
  store: Store,
  nodeId: NodeId,
): Promise<PageWallet> {
  const chain = createChain(chainNetwork);
  const records = await recordsOf(file.genesisCid);
  const { finalityBlocks } = genesis.parameters;
  const { walletMs } = chainPace(epochLengthMs(genesis));
  const client = createReadClient(chainNetwork);
  const sinceMs = genesis.startMs - BEFORE_GENESIS_MS;
  const events = createEventIndex({ client, contracts: genesis.chain, records, sinceMs });
  const transactions = new Transactions({
    records,
    reads: createTransactionReads(client),
    wallet,
    clock: systemClock,
    random: systemRandom,
    rules: trackingRules(finalityBlocks),
    depthEveryMs: walletMs,
  });
  const wallets = new Wallets({
    chain,
    wallet,
    store,
    clock: systemClock,
    lookEveryMs: walletMs,
    nodeId,
    transactions,
    history: new ChainHistory(events, records),
    records,
  });
  wallets.start();
  return { chain, wallets };
}

/** A browser that keeps nothing has the list for as long as the page is open. */
async function recordsOf(network: Cid): Promise<ChainRecords> {
  return openChainRecords(network).catch(() => new MemoryChainRecords());
}

/** Local networks only: a wallet for trying things, which asks in a dialog of this page. */
async function offerDemoWallet(file: NetworkFile, contracts: GenesisChain): Promise<void> {
  const [rpcUrl] = file.rpcUrls;
  if (rpcUrl === undefined || file.faucet === undefined) return;
  const [{ announceDemoWallet, DEMO_WALLET_NAME }, { createLocalRpc }, { fillFromFaucet }] =
    await Promise.all([
      import("./chain/wallet/demo-wallet.ts"),
      import("./chain/wallet/local-rpc.ts"),
      import("./chain/wallet/faucet.ts"),
    ]);
  const rpc = createLocalRpc(rpcUrl);
  const from = { token: contracts.token, faucet: file.faucet };
  announceDemoWallet({
    rpc,
    chainId: file.chainId,
    contracts,
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
