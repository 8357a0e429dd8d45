import { bytesToHex, numberToHex } from "viem";
import { lowerCase } from "../hex.ts";
import type { MinedBlock } from "./evm.ts";

/** Objects of Ethereum's JSON-RPC (https://ethereum.github.io/execution-apis/): lower case, 0x, no leading zeroes. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `whole`: with the transaction itself, not its hash alone. */
export function formatBlock({ block, transaction }: MinedBlock, whole: boolean): JsonObject {
  const { header } = block;
  const transactions = transaction === undefined ? [] : [bytesToHex(transaction.hash())];
  return {
    number: numberToHex(header.number),
    hash: bytesToHex(block.hash()),
    parentHash: bytesToHex(header.parentHash),
    nonce: bytesToHex(header.nonce),
    sha3Uncles: bytesToHex(header.uncleHash),
    logsBloom: bytesToHex(header.logsBloom),
    transactionsRoot: bytesToHex(header.transactionsTrie),
    stateRoot: bytesToHex(header.stateRoot),
    receiptsRoot: bytesToHex(header.receiptTrie),
    miner: header.coinbase.toString(),
    difficulty: "0x0",
    totalDifficulty: "0x0",
    extraData: bytesToHex(header.extraData),
    mixHash: bytesToHex(header.mixHash),
    size: numberToHex(block.serialize().length),
    gasLimit: numberToHex(header.gasLimit),
    gasUsed: numberToHex(header.gasUsed),
    timestamp: numberToHex(header.timestamp),
    baseFeePerGas: numberToHex(header.baseFeePerGas ?? 0n),
    uncles: [],
    transactions:
      whole && transaction !== undefined ? [formatTransaction({ block, transaction })] : transactions,
  };
}

export function formatTransaction({
  block,
  transaction,
}: Pick<MinedBlock, "block"> & Pick<Required<MinedBlock>, "transaction">): JsonObject | null {
  if (transaction === undefined) return null;
  return {
    ...transaction.toJSON(),
    ...place({ block, transaction }),
    hash: bytesToHex(transaction.hash()),
    from: transaction.getSenderAddress().toString(),
    to: transaction.to?.toString() ?? null,
    input: bytesToHex(transaction.data),
    gas: numberToHex(transaction.gasLimit),
    gasPrice: numberToHex(
      transaction.getEffectivePriorityFee(block.header.baseFeePerGas ?? 0n) +
        (block.header.baseFeePerGas ?? 0n),
    ),
    type: numberToHex(transaction.type),
  };
}

export function formatReceipt(mined: MinedBlock): JsonObject | null {
  const { block, transaction, result } = mined;
  if (transaction === undefined || result === undefined) return null;
  const baseFeeWei = block.header.baseFeePerGas ?? 0n;
  return {
    ...place(mined),
    transactionHash: bytesToHex(transaction.hash()),
    from: transaction.getSenderAddress().toString(),
    to: transaction.to?.toString() ?? null,
    contractAddress: result.createdAddress?.toString() ?? null,
    cumulativeGasUsed: numberToHex(result.totalGasSpent),
    gasUsed: numberToHex(result.totalGasSpent),
    effectiveGasPrice: numberToHex(baseFeeWei + transaction.getEffectivePriorityFee(baseFeeWei)),
    logs: formatLogs(mined),
    logsBloom: bytesToHex(result.bloom.bitvector),
    status: result.execResult.exceptionError === undefined ? "0x1" : "0x0",
    type: numberToHex(transaction.type),
  };
}

export interface FormattedLog extends JsonObject {
  readonly address: `0x${string}`;
  readonly topics: readonly `0x${string}`[];
}

export function formatLogs(mined: MinedBlock): readonly FormattedLog[] {
  const { transaction, result } = mined;
  if (transaction === undefined || result === undefined) return [];
  return result.receipt.logs.map(([address, topics, data], index) => ({
    ...place(mined),
    address: lowerCase(bytesToHex(address)),
    topics: topics.map((topic) => bytesToHex(topic)),
    data: bytesToHex(data),
    transactionHash: bytesToHex(transaction.hash()),
    blockTimestamp: numberToHex(mined.block.header.timestamp),
    logIndex: numberToHex(index),
    removed: false,
  }));
}

function place({ block }: Pick<MinedBlock, "block" | "transaction">): JsonObject {
  return {
    blockHash: bytesToHex(block.hash()),
    blockNumber: numberToHex(block.header.number),
    transactionIndex: "0x0",
  };
}
