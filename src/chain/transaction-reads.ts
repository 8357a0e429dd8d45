import type { Transaction, TransactionReceipt } from "viem";
import type { Address, Hash } from "../core/primitives.ts";
import type {
  MinedTransaction,
  NonceObservation,
  TransactionCall,
  TransactionReads,
  WatchedNonce,
} from "../ports/transactions.ts";
import { readBlock } from "./blocks.ts";
import { toChainError } from "./errors.ts";
import { lowerCase, with0x, without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";

/** A reorganisation may put a transaction into an earlier block than the one in which it was asked for. */
const BEFORE_ASKED_BLOCKS = 64n;
/** Transactions of the account that are compared with what was asked, when its hash is not known. */
const COMPARED = 8;

export function createTransactionReads(client: ReadClient): TransactionReads {
  return {
    async observe(watched) {
      try {
        return await observe(client, watched);
      } catch (thrown) {
        throw toChainError(thrown);
      }
    },
  };
}

async function observe(client: ReadClient, watched: WatchedNonce): Promise<NonceObservation> {
  const { account } = watched.asked;
  const block = await readBlock(client);
  const [nextNonce, receipts, transactions] = await Promise.all([
    client.getTransactionCount({ address: account, blockNumber: block.number }),
    Promise.all(watched.hashes.map((hash) => receiptOf(client, hash))),
    Promise.all(watched.hashes.map((hash) => transactionOf(client, hash))),
  ]);
  const known = transactions.filter((transaction) => transaction !== undefined);
  const nonce = known[0]?.nonce ?? watched.nonce;
  const receipt = receipts.find((one) => one !== undefined);
  const search: Search = { client, account, from: watched.asked.blockNumber, to: block.number };
  const mined =
    receipt === undefined
      ? await minedBy(search, watched, nonce, nextNonce)
      : minedAs(await client.getTransaction({ hash: receipt.transactionHash }), receipt);
  return {
    head: {
      number: Number(block.number),
      hash: without0x(block.hash),
      timestampMs: Number(block.timestampSeconds) * 1_000,
    },
    nonce: mined?.nonce ?? nonce,
    nextNonce,
    isKnown: known.length > 0,
    mined,
  };
}

interface Search {
  readonly client: ReadClient;
  readonly account: Address;
  readonly from: number;
  readonly to: bigint;
}

/** Which transaction took the nonce; when there is no nonce, one that does what was asked. */
async function minedBy(
  search: Search,
  { asked }: WatchedNonce,
  nonce: number | undefined,
  nextNonce: number,
): Promise<MinedTransaction | undefined> {
  if (nonce !== undefined) return nextNonce > nonce ? atNonce(search, nonce) : undefined;
  const end = Math.min(nextNonce, asked.nextNonce + COMPARED);
  for (let candidate = asked.nextNonce; candidate < end; candidate++) {
    const found = await atNonce(search, candidate);
    if (found !== undefined && isSameCall(found.call, asked.call)) return found;
  }
  return undefined;
}

/**
 * The account's transaction with a used nonce: the first block after which the account's count is above it, found by
 * halving. Undefined where the node has dropped the states that this reads.
 */
async function atNonce(search: Search, nonce: number): Promise<MinedTransaction | undefined> {
  const { client, account, from, to } = search;
  try {
    let before = BigInt(from) > BEFORE_ASKED_BLOCKS ? BigInt(from) - BEFORE_ASKED_BLOCKS : 0n;
    let after = to;
    while (after - before > 1n) {
      const middle = (before + after) / 2n;
      const count = await client.getTransactionCount({ address: account, blockNumber: middle });
      if (count > nonce) after = middle;
      else before = middle;
    }
    const { transactions } = await client.getBlock({ blockNumber: after, includeTransactions: true });
    const found = transactions.find((one) => lowerCase(one.from) === account && one.nonce === nonce);
    const receipt = found && (await receiptOf(client, without0x(found.hash)));
    return found && receipt && minedAs(found, receipt);
  } catch (thrown) {
    if (toChainError(thrown).code === "chain-unreachable") throw thrown;
    return undefined;
  }
}

async function receiptOf(client: ReadClient, hash: Hash): Promise<TransactionReceipt | undefined> {
  return client
    .getTransactionReceipt({ hash: with0x(hash) })
    .catch(nothingWhen("TransactionReceiptNotFoundError"));
}

async function transactionOf(client: ReadClient, hash: Hash): Promise<Transaction | undefined> {
  return client.getTransaction({ hash: with0x(hash) }).catch(nothingWhen("TransactionNotFoundError"));
}

function nothingWhen(name: string) {
  return (thrown: unknown): undefined => {
    if (thrown instanceof Error && thrown.name === name) return undefined;
    throw thrown;
  };
}

function minedAs(
  transaction: Pick<Transaction, "to" | "input" | "value" | "nonce" | "from">,
  receipt: TransactionReceipt,
): MinedTransaction {
  return {
    transaction: without0x(receipt.transactionHash),
    nonce: transaction.nonce,
    call: {
      to: lowerCase(transaction.to ?? transaction.from),
      data: without0x(transaction.input),
      valueWei: transaction.value,
    },
    block: { number: Number(receipt.blockNumber), hash: without0x(receipt.blockHash) },
    succeeded: receipt.status === "success",
    feeWei: receipt.gasUsed * receipt.effectiveGasPrice,
  };
}

function isSameCall(a: TransactionCall, b: TransactionCall): boolean {
  return a.to === b.to && a.data === b.data && a.valueWei === b.valueWei;
}
