import { randomBytes } from "node:crypto";
import { type Deployment, deployContracts, startDevChain } from "../../relay/dev-chain.ts";
import { createChain } from "../../src/chain/chain.ts";
import type { ChainNetwork } from "../../src/chain/network.ts";
import { createOperator } from "../../src/chain/operator.ts";
import { createLocalRpc, type LocalRpc } from "../../src/chain/wallet/local-rpc.ts";
import { createWallet } from "../../src/chain/wallet/wallet.ts";
import type { Address, NodeId } from "../../src/core/primitives.ts";
import type { Chain, Operator, Wallet } from "../../src/ports/chain.ts";
import { stakeRequest } from "../../src/ports/chain.ts";
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
  /** Moves the chain's clock on until all that unbonds can be withdrawn. */
  passUnbonding(): Promise<void>;
  stop(): Promise<void>;
}

const UNBONDING_SECONDS = 60;

/** A fresh anvil with the contracts on it and no state kept, for tests. */
export async function startLocalChain(challengeSeconds = 0, bondWei = 0n): Promise<LocalChain> {
  const devChain = await startDevChain();
  const deployment = await deployContracts({
    rpcUrl: devChain.rpcUrl,
    challengeSeconds,
    bondWei,
    unbondingSeconds: UNBONDING_SECONDS,
  });
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
    async passUnbonding() {
      // The contract rounds the wait up.
      await rpc("evm_increaseTime", [2 * UNBONDING_SECONDS]);
      await rpc("evm_mine");
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

/** Stakes for a node with a new operator, which signs that it serves it. */
export async function stakeFor(
  local: Pick<LocalChain, "newOperator">,
  wallet: Wallet,
  nodeId: NodeId,
  amountWei: bigint,
): Promise<Operator> {
  const account = wallet.account();
  if (account === undefined) throw new Error("expected a connected wallet");
  const operator = local.newOperator();
  await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei }));
  return operator;
}

/** Connects to the first wallet that is announced. */
export async function connectFirst(wallet: Wallet): Promise<Address> {
  const ids: string[] = [];
  wallet.discover((wallets) => ids.push(...wallets.map((info) => info.id)))();
  return wallet.connect(ids[0] ?? "none");
}
