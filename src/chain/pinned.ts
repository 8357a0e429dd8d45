import { decodeFunctionResult, encodeFunctionData, multicall3Abi } from "viem";
import type { Address } from "../core/primitives.ts";
import { type BlockReference, readBlock } from "./blocks.ts";
import { lacksBlock } from "./endpoint-errors.ts";
import type { ReadClient } from "./network.ts";

/** Multicall3 has one address on all public chains (mds1/multicall3); local chains have none. */
const MULTICALL: Address = "0xca11bde05977b3631167028862be2a173976ca11";
/** The head may be taken back while it is read. */
const ATTEMPTS = 3;

interface PinnedCall {
  readonly to: Address;
  readonly data: `0x${string}`;
  readonly take: (result: `0x${string}`) => void;
}

/** Calls of contracts that are all answered from the state of one block. */
export class PinnedCalls {
  readonly #calls: PinnedCall[] = [];
  readonly #beside: Promise<void>[] = [];

  /** The value, once `readPinned` has resolved. */
  add<T>(to: Address, data: `0x${string}`, decode: (result: `0x${string}`) => T): () => T {
    let held: { readonly value: T } | undefined;
    const take = (result: `0x${string}`) => {
      held = { value: decode(result) };
    };
    this.#calls.push({ to, data, take });
    return () => {
      if (held === undefined) throw new Error("the calls have not been made yet");
      return held.value;
    };
  }

  /** What is asked at the same time, and is of no block. */
  beside<T>(asked: Promise<T>): () => T {
    let held: { readonly value: T } | undefined;
    this.#beside.push(
      asked.then((value) => {
        held = { value };
      }),
    );
    return () => {
      if (held === undefined) throw new Error("the calls have not been made yet");
      return held.value;
    };
  }

  async run(client: ReadClient, hash: `0x${string}`, hasMulticall: boolean): Promise<void> {
    const answers = hasMulticall
      ? inOneCall(client, hash, this.#calls)
      : Promise.all(this.#calls.map(({ to, data }) => callAt(client, hash, to, data)));
    // Together: of two that fail, none is left unheard.
    const [results] = await Promise.all([answers, ...this.#beside]);
    for (const [index, { take }] of this.#calls.entries()) take(results[index] ?? "0x");
  }
}

/** One block, and calls that are answered from its state. */
export interface PinnedBlock {
  readonly block: BlockReference;
  ask<T>(fill: (calls: PinnedCalls) => T): Promise<T>;
}

/**
 * Answers all calls at the newest block, named by its hash (EIP-1898): through Multicall3 where the chain has it, as one
 * JSON-RPC batch elsewhere. `fill` is called anew when the block was taken back meanwhile.
 */
export async function readPinned<T>(
  client: ReadClient,
  hasMulticall: () => Promise<boolean>,
  fill: (calls: PinnedCalls) => T,
): Promise<{ readonly block: BlockReference; readonly value: T }> {
  return readPinnedSteps(client, hasMulticall, async ({ block, ask }) => ({ block, value: await ask(fill) }));
}

/** The same in steps, all at one block: what one answers tells what the next asks. Begins anew like `readPinned`. */
export async function readPinnedSteps<T>(
  client: ReadClient,
  hasMulticall: () => Promise<boolean>,
  read: (at: PinnedBlock) => Promise<T>,
): Promise<T> {
  const isThere = await hasMulticall();
  for (let attempt = 1; ; attempt++) {
    try {
      const block = await readBlock(client);
      const ask = async <V>(fill: (calls: PinnedCalls) => V): Promise<V> => {
        const calls = new PinnedCalls();
        const value = fill(calls);
        await calls.run(client, block.hash, isThere);
        return value;
      };
      return await read({ block, ask });
    } catch (thrown) {
      if (attempt === ATTEMPTS || !lacksBlock(thrown)) throw thrown;
    }
  }
}

/** Asks once; a chain that is away is asked again. */
export function multicallFinder(client: ReadClient): () => Promise<boolean> {
  let found: Promise<boolean> | undefined;
  return () => {
    found ??= client.getCode({ address: MULTICALL }).then(
      (code) => code !== undefined && code !== "0x",
      (thrown: unknown) => {
        found = undefined;
        throw thrown;
      },
    );
    return found;
  };
}

async function callAt(
  client: ReadClient,
  blockHash: `0x${string}`,
  to: Address,
  data: `0x${string}`,
): Promise<`0x${string}`> {
  const result = await client.call({ to, data, blockHash, requireCanonical: true });
  return result.data ?? "0x";
}

async function inOneCall(
  client: ReadClient,
  blockHash: `0x${string}`,
  calls: readonly PinnedCall[],
): Promise<readonly `0x${string}`[]> {
  const data = encodeFunctionData({
    abi: multicall3Abi,
    functionName: "aggregate3",
    args: [calls.map(({ to, data: callData }) => ({ target: to, callData, allowFailure: false }))],
  });
  const result = await callAt(client, blockHash, MULTICALL, data);
  return decodeFunctionResult({ abi: multicall3Abi, functionName: "aggregate3", data: result }).map(
    ({ returnData }) => returnData,
  );
}
