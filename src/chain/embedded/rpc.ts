import { bytesToHex, hexToNumber, numberToHex } from "viem";
import { z } from "../../core/codec/zod.ts";
import type { Address } from "../../core/primitives.ts";
import { ProviderError } from "../wallet/provider.ts";
import type { EmbeddedEvm, EvmCall, MinedBlock } from "./evm.ts";
import { formatBlock, formatLogs, formatReceipt, formatTransaction } from "./format.ts";
import { callError, estimateGas } from "./gas.ts";
import {
  address,
  type BlockTag,
  blockTag,
  type CallObject,
  callObject,
  hash,
  hex,
  type LogFilter,
  logFilter,
  parse,
  slot,
} from "./params.ts";

export interface RpcContext {
  readonly evm: EmbeddedEvm;
  readonly chainId: number;
  readonly nowSeconds: () => bigint;
}

type Method = (context: RpcContext, params: readonly unknown[]) => Promise<unknown> | unknown;

const NOBODY: Address = `0x${"0".repeat(40)}`;

/** What a chain answers without changing. Signing is a wallet's: there are no accounts here. */
const READS: Readonly<Record<string, Method>> = {
  eth_chainId: ({ chainId }) => numberToHex(chainId),
  net_version: ({ chainId }) => String(chainId),
  web3_clientVersion: () => "Parley/embedded",
  eth_accounts: () => [],
  eth_syncing: () => false,
  eth_blockNumber: ({ evm }) => numberToHex(evm.head.block.header.number),
  // At least what the newest block took: whoever reads that block's fee compares.
  eth_gasPrice: ({ evm }) => {
    const [newest, next] = [evm.head.block.header.baseFeePerGas ?? 0n, evm.nextBaseFeeWei()];
    return numberToHex(next > newest ? next : newest);
  },
  // Nobody competes for a place in a block.
  eth_maxPriorityFeePerGas: () => "0x0",
  eth_feeHistory: feeHistory,
  eth_getBlockByNumber: ({ evm }, [tag, whole]) => {
    const mined = evm.blocks[indexOf(evm, parse(blockTag, tag))];
    return mined === undefined ? null : formatBlock(mined, whole === true);
  },
  eth_getBlockByHash: ({ evm }, [wanted, whole]) => {
    const mined = byBlockHash(evm, parse(hash, wanted));
    return mined === undefined ? null : formatBlock(mined, whole === true);
  },
  eth_getTransactionByHash: ({ evm }, [wanted]) => {
    const mined = byTransactionHash(evm, parse(hash, wanted));
    return mined === undefined ? null : formatTransaction(mined);
  },
  eth_getTransactionReceipt: ({ evm }, [wanted]) => {
    const mined = byTransactionHash(evm, parse(hash, wanted));
    return mined === undefined ? null : formatReceipt(mined);
  },
  eth_getLogs: ({ evm }, [filter]) => logs(evm, parse(logFilter, filter)),
  eth_getBalance: async ({ evm }, [of, tag]) =>
    numberToHex((await evm.account(parse(address, of), indexOf(evm, parse(blockTag, tag)))).balance),
  eth_getTransactionCount: async ({ evm }, [of, tag]) =>
    numberToHex((await evm.account(parse(address, of), indexOf(evm, parse(blockTag, tag)))).nonce),
  eth_getCode: ({ evm }, [of, tag]) => evm.code(parse(address, of), indexOf(evm, parse(blockTag, tag))),
  eth_getStorageAt: ({ evm }, [of, where, tag]) =>
    evm.storage(parse(address, of), parse(slot, where), indexOf(evm, parse(blockTag, tag))),
  eth_call: call,
  eth_estimateGas: async ({ evm, nowSeconds }, [asked]) =>
    numberToHex(await estimateGas(evm, evmCall(parse(callObject, asked)), nowSeconds())),
};

/** Errors: those of JSON-RPC, 4200 (no such method here). */
export async function answer(
  context: RpcContext,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  const own = Object.hasOwn(READS, method) ? READS[method] : undefined;
  if (own === undefined) throw new ProviderError(4200, `This chain does not do ${method}`);
  return own(context, params);
}

async function call({ evm, nowSeconds }: RpcContext, [asked, tag]: readonly unknown[]): Promise<unknown> {
  const wanted = parse(blockTag, tag);
  const index = indexOf(evm, wanted);
  const { header } = blockAt(evm, index).block;
  const isPending = wanted === "pending";
  const outcome = await evm.call(
    evmCall(parse(callObject, asked)),
    index,
    isPending ? header.number + 1n : header.number,
    isPending ? nowSeconds() : header.timestamp,
  );
  if (outcome.error !== undefined) throw callError(outcome);
  return outcome.returned;
}

function evmCall({ from, to, data, input, value, gas }: CallObject): EvmCall {
  return {
    from: from ?? NOBODY,
    to: to ?? undefined,
    data: input ?? data ?? "0x",
    valueWei: value ?? 0n,
    gas,
  };
}

/** [number of blocks, newest block, percentiles]. */
function feeHistory({ evm }: RpcContext, [count, tag, percentiles]: readonly unknown[]): unknown {
  const asked = parse(z.union([z.int(), hex.transform((value) => hexToNumber(value))]), count);
  const shares = parse(z.array(z.number()).max(100).optional(), percentiles) ?? [];
  const newest = indexOf(evm, parse(blockTag, tag));
  const first = Math.max(0, newest + 1 - Math.min(asked, 1_024));
  const headers = evm.blocks.slice(first, newest + 1).map(({ block }) => block.header);
  const after = headers.at(-1)?.calcNextBaseFee() ?? 0n;
  return {
    oldestBlock: numberToHex(first),
    baseFeePerGas: [...headers.map(({ baseFeePerGas }) => baseFeePerGas ?? 0n), after].map((fee) =>
      numberToHex(fee),
    ),
    gasUsedRatio: headers.map(({ gasUsed, gasLimit }) => Number(gasUsed) / Number(gasLimit)),
    reward: headers.map(() => shares.map(() => "0x0")),
  };
}

function logs(
  evm: EmbeddedEvm,
  { address: of, topics = [], fromBlock, toBlock, blockHash }: LogFilter,
): unknown {
  const only = blockHash === undefined ? undefined : byBlockHash(evm, blockHash);
  if (blockHash !== undefined && only === undefined) throw new ProviderError(-32_000, "unknown block");
  const blocks =
    only === undefined ? evm.blocks.slice(indexOf(evm, fromBlock), indexOf(evm, toBlock) + 1) : [only];
  const from = of === undefined ? undefined : new Set([of].flat());
  return blocks
    .flatMap(formatLogs)
    .filter((log) => from === undefined || from.has(log.address))
    .filter((log) =>
      topics.every((wanted, at) => {
        const topic = log.topics[at];
        return wanted === null || (topic !== undefined && [wanted].flat().includes(topic));
      }),
    );
}

/** Blocks are counted from 0 without a hole: a block's place is its number. */
function indexOf(evm: EmbeddedEvm, tag: BlockTag): number {
  if (tag === "earliest") return 0;
  if (typeof tag === "object") {
    const mined = byBlockHash(evm, tag.blockHash);
    if (mined === undefined) throw new ProviderError(-32_001, "unknown block");
    return Number(mined.block.header.number);
  }
  return typeof tag === "number" ? tag : evm.blocks.length - 1;
}

function blockAt(evm: EmbeddedEvm, index: number): MinedBlock {
  const mined = evm.blocks[index];
  if (mined === undefined) throw new ProviderError(-32_000, "header not found");
  return mined;
}

function byBlockHash(evm: EmbeddedEvm, wanted: `0x${string}`): MinedBlock | undefined {
  return evm.blocks.find(({ block }) => bytesToHex(block.hash()) === wanted.toLowerCase());
}

function byTransactionHash(evm: EmbeddedEvm, wanted: `0x${string}`): MinedBlock | undefined {
  return evm.blocks.findLast(
    ({ transaction }) => transaction !== undefined && bytesToHex(transaction.hash()) === wanted.toLowerCase(),
  );
}
