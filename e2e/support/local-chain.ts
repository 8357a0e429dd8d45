import { randomBytes } from "node:crypto";
import { type Deployment, deployContracts, startDevChain } from "../../relay/dev-chain.ts";
import { createChain } from "../../src/chain/chain.ts";
import type { ChainNetwork } from "../../src/chain/network.ts";
import { createOperator } from "../../src/chain/operator.ts";
import { createLocalRpc, type LocalRpc } from "../../src/chain/wallet/local-rpc.ts";
import { createWallet } from "../../src/chain/wallet/wallet.ts";
import type { Address } from "../../src/core/primitives.ts";
import type { Chain, Operator, Wallet } from "../../src/ports/chain.ts";
import { fundTestAccount, type TestPage, testPage } from "./test-wallet.ts";

export interface LocalChain {
  readonly deployment: Deployment;
  readonly network: ChainNetwork;
  readonly chain: Chain;
  readonly rpc: LocalRpc;
  newOperator(): Operator;
  /** A page on which the test wallet has announced itself, with an account of its own that holds tokens. */
  newPage(): Promise<{ page: TestPage; wallet: Wallet }>;
  /** Moves the chain's clock on and mines; returns the new block's time in Unix ms. */
  settle(): Promise<number>;
  stop(): Promise<void>;
}

/** A fresh anvil with the contracts on it and no state kept, for tests. */
export async function startLocalChain(challengeSeconds = 0): Promise<LocalChain> {
  const devChain = await startDevChain();
  const deployment = await deployContracts({ rpcUrl: devChain.rpcUrl, challengeSeconds });
  const network: ChainNetwork = { rpcUrls: [devChain.rpcUrl], chain: deployment };
  const rpc = createLocalRpc(devChain.rpcUrl);
  const chain = createChain(network);
  let pages = 0;
  return {
    deployment,
    network,
    chain,
    rpc,
    newOperator: () => createOperator(randomBytes(32), deployment),
    async newPage() {
      const account = (await ownAccounts(rpc))[++pages] ?? `0x${randomBytes(20).toString("hex")}`;
      await fundTestAccount({ ...deployment, rpcUrl: devChain.rpcUrl, account });
      const page = testPage({ rpcUrl: devChain.rpcUrl, chainId: deployment.chainId, account });
      return { page, wallet: createWallet(network, page) };
    },
    async settle() {
      // Blocks carry whole seconds: one on each side keeps what is written apart.
      await rpc("evm_increaseTime", [1]);
      await rpc("evm_mine");
      const { timestampMs } = await chain.head();
      await rpc("evm_increaseTime", [1]);
      return timestampMs;
    },
    stop: () => devChain.stop(),
  };
}

/** Accounts that the local chain has keys of, so that they can sign texts too; the first one pays for everything else. */
async function ownAccounts(rpc: LocalRpc): Promise<readonly Address[]> {
  const accounts = await rpc("eth_accounts", []);
  return Array.isArray(accounts)
    ? accounts.map((account): Address => `0x${String(account).slice(2).toLowerCase()}`)
    : [];
}

/** Connects to the first wallet that is announced. */
export async function connectFirst(wallet: Wallet): Promise<Address> {
  const ids: string[] = [];
  wallet.discover((wallets) => ids.push(...wallets.map((info) => info.id)))();
  return wallet.connect(ids[0] ?? "none");
}
