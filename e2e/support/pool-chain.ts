import { numberToHex } from "viem";
import { startDevChain } from "../../relay/dev-chain.ts";
import { createReadClient, type ReadClient } from "../../src/chain/network.ts";
import { createTransactionReads } from "../../src/chain/transaction-reads.ts";
import { createLocalRpc, type LocalRpc } from "../../src/chain/wallet/local-rpc.ts";
import type { GenesisChain } from "../../src/core/genesis.ts";
import type { Address, Hash } from "../../src/core/primitives.ts";
import type { TransactionReadsUnderTest } from "../../src/ports/acceptance/transactions.ts";
import type { TransactionCall } from "../../src/ports/transactions.ts";

const NOWHERE: Address = `0x${"0".repeat(40)}`;

export interface PoolChain extends TransactionReadsUnderTest {
  readonly rpc: LocalRpc;
  readonly rpcUrl: string;
  readonly client: ReadClient;
}

/** An anvil that mines only when told to, for what happens to transactions that wait. */
export async function startPoolChain(): Promise<PoolChain> {
  const devChain = await startDevChain();
  const { rpcUrl } = devChain;
  const rpc = createLocalRpc(rpcUrl);
  const [first] = list(await rpc("eth_accounts"));
  const account: Address = `0x${String(first).slice(2).toLowerCase()}`;
  await rpc("evm_setAutomine", [false]);
  const chain: GenesisChain = {
    chainId: 31_337,
    token: NOWHERE,
    staking: NOWHERE,
    epochAnchor: NOWHERE,
    claims: NOWHERE,
    treasury: NOWHERE,
    guardian: NOWHERE,
    disputes: NOWHERE,
    commitLog: NOWHERE,
    modelRegistry: NOWHERE,
    accountLinks: NOWHERE,
    anchorRewards: NOWHERE,
  };
  const client = createReadClient({ rpcUrls: [rpcUrl], chain });
  let tipGwei = 1;
  return {
    rpc,
    rpcUrl,
    client,
    account,
    reads: createTransactionReads(client),
    async asked(call) {
      const nextNonce = Number(await rpc("eth_getTransactionCount", [account, "pending"]));
      return { account, call, summary: "Pay", nextNonce, blockNumber: Number(await rpc("eth_blockNumber")) };
    },
    async send(call, nonce) {
      tipGwei += 1;
      return hashOf(await rpc("eth_sendTransaction", [sending(account, call, tipGwei, nonce)]));
    },
    drop: async (transaction) => void (await rpc("anvil_dropTransaction", [`0x${transaction}`])),
    mine: async (blocks = 1) => void (blocks > 0 && (await rpc("anvil_mine", [numberToHex(blocks)]))),
    reorganise: async (depth) => void (await rpc("anvil_reorg", [depth, []])),
    unplug: () => devChain.stop(),
    dispose: () => devChain.stop(),
  };
}

/** Each pays far more than the one before it, so that it may take its place. */
function sending(account: Address, call: TransactionCall, tipGwei: number, nonce: number | undefined) {
  return {
    from: account,
    to: call.to,
    data: `0x${call.data}`,
    value: numberToHex(call.valueWei),
    gas: numberToHex(100_000),
    maxFeePerGas: numberToHex(BigInt(tipGwei) * 10_000_000_000n),
    maxPriorityFeePerGas: numberToHex(BigInt(tipGwei) * 1_000_000_000n),
    ...(nonce === undefined ? {} : { nonce: numberToHex(nonce) }),
  };
}

function hashOf(answer: unknown): Hash {
  if (typeof answer !== "string") throw new Error("expected a transaction's hash");
  return answer.slice(2);
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
