import { randomBytes } from "node:crypto";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { createChain } from "../../src/chain/chain.ts";
import { localChoices, NOBODY } from "../../src/chain/deploy/parameters.ts";
import { EmbeddedChain } from "../../src/chain/embedded/embedded-chain.ts";
import { type ChainNetwork, EMBEDDED_CHAIN_ID } from "../../src/chain/network.ts";
import { createOperator } from "../../src/chain/operator.ts";
import { ALONE_WALLET_NAME, announceDemoWallet } from "../../src/chain/wallet/demo-wallet.ts";
import { createWallet } from "../../src/chain/wallet/wallet.ts";
import type { GenesisChain } from "../../src/core/genesis.ts";
import { localParameters } from "../../src/core/presets.ts";
import type { Chain, Operator, Wallet } from "../../src/ports/chain.ts";
import type { TransactionLog } from "../../src/ports/transaction-log.ts";
import { createTransactionLog } from "../../src/store/transaction-log.ts";
import { type EvmClient, evmOver } from "../../src/workers/evm/client.ts";
import { evmHandlers } from "../../src/workers/evm/handlers.ts";
import type { EvmProtocol } from "../../src/workers/evm/protocol.ts";
import { connectRpc, serveRpc } from "../../src/workers/rpc.ts";

export const EMBEDDED_START_MS = 1_800_000_000_000;
export const EMBEDDED_RULES = localParameters(NOBODY);

export interface EmbeddedPage {
  readonly evm: EvmClient;
  readonly network: ChainNetwork;
  readonly chain: Chain;
  /** What the person in front of the demo wallets answers, and how often they were asked for a transaction. */
  readonly answers: { agrees: boolean; asked: number };
  /** A demo wallet with an account of its own, not connected. */
  newWallet(): Wallet;
  newOperator(): Operator;
  /** Moves the clock on; gives the time before. */
  settle(): Promise<number>;
  /** Moves the clock on until all that unbonds can be withdrawn. */
  passUnbonding(): Promise<void>;
  /** The same chain, as another tab sees it. */
  openChain(log?: TransactionLog): Promise<EmbeddedChain>;
  openLog(): TransactionLog;
  stop(): Promise<void>;
}

/** A chain of this process alone behind the worker's protocol, over an empty database; `settle` and `passUnbonding` alone move its clock. */
export async function startEmbedded(): Promise<EmbeddedPage> {
  const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  const openLog = (name = "test") => createTransactionLog(name, engine);
  let nowMs = EMBEDDED_START_MS;
  const { port1, port2 } = new MessageChannel();
  const stopServing = serveRpc<EvmProtocol>(
    port2,
    evmHandlers(openLog, () => nowMs),
  );
  const evm = evmOver(connectRpc<EvmProtocol>(port1));
  await evm.open("test", EMBEDDED_RULES);
  const chain = await evm.contracts(EMBEDDED_RULES);
  const network = { rpcUrls: [], chain, provider: evm.provider };
  const answers = { agrees: true, asked: 0 };
  return {
    evm,
    network,
    chain: createChain(network),
    answers,
    newWallet: () => createWallet(network, demoPage(evm, chain, answers)),
    newOperator: () => createOperator(randomBytes(32), network.chain),
    settle: async () => {
      const settledMs = nowMs;
      nowMs += 2_000;
      return settledMs;
    },
    passUnbonding: async () => {
      // The contract rounds the wait up.
      nowMs += 2_000 * localChoices(NOBODY).unbondingSeconds;
    },
    openChain: (log = openLog()) => EmbeddedChain.open({ log, nowMs: () => nowMs, rules: EMBEDDED_RULES }),
    openLog,
    stop: async () => {
      evm.close();
      stopServing();
      port1.close();
      port2.close();
    },
  };
}

/** A page on which a demo wallet announces itself. */
function demoPage(evm: EvmClient, contracts: GenesisChain, answers: EmbeddedPage["answers"]): EventTarget {
  const page = new EventTarget();
  const kept = new Map<string, string>();
  announceDemoWallet({
    rpc: (method, params = []) => evm.provider.request({ method, params }),
    chainId: EMBEDDED_CHAIN_ID,
    contracts,
    name: ALONE_WALLET_NAME,
    fill: (account) => evm.fill(account),
    target: page,
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    },
    confirm: async ({ kind }) => {
      if (kind === "transaction") answers.asked++;
      return answers.agrees;
    },
  });
  return page;
}
