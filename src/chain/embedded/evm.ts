import { type Block, createBlock } from "@ethereumjs/block";
import { createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createFeeMarket1559Tx, createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { Account, createAddressFromString, type Address as EvmAddress, hexToBytes } from "@ethereumjs/util";
import { buildBlock, createVM, type RunTxResult, runTx, type VM } from "@ethereumjs/vm";
import { bytesToHex } from "viem";
import type { Address, Hash } from "../../core/primitives.ts";
import { without0x } from "../hex.ts";
import { ProviderError } from "../wallet/provider.ts";

/** Room for any call of the contracts; nobody competes for it. */
const BLOCK_GAS = 60_000_000n;
const FIRST_BASE_FEE_WEI = 1_000_000_000n;
const NO_HASH = new Uint8Array(32);

/** One block with its one transaction, and what came of it. */
export interface MinedBlock {
  readonly block: Block;
  /** Undefined of the first block alone. */
  readonly transaction: TypedTransaction | undefined;
  readonly result: RunTxResult | undefined;
}

/** What an account has in the first block: ether, or a contract's code. */
export interface FirstAccount {
  readonly address: Address;
  readonly etherWei?: bigint;
  readonly code?: `0x${string}`;
}

/** What is asked of a contract without a signature. */
export interface EvmCall {
  readonly from: Address;
  /** Undefined creates a contract. */
  readonly to: Address | undefined;
  readonly data: `0x${string}`;
  readonly valueWei: bigint;
  readonly gas: bigint | undefined;
}

export interface CallOutcome {
  readonly returned: `0x${string}`;
  readonly gasUsed: bigint;
  /** Undefined when it went well: what went wrong, in the EVM's words. */
  readonly error: string | undefined;
}

/**
 * An Ethereum virtual machine (Cancun) with a block for each transaction: a function of its transactions and their times
 * alone, so that running them again gives the same blocks.
 */
export class EmbeddedEvm {
  readonly #vm: VM;
  readonly #mined: MinedBlock[];

  private constructor(vm: VM, first: Block) {
    this.#vm = vm;
    this.#mined = [{ block: first, transaction: undefined, result: undefined }];
  }

  /** Of `accounts` alone there is anything in the first block. */
  static async create(chainId: number, accounts: readonly FirstAccount[]): Promise<EmbeddedEvm> {
    const common = createCustomCommon({ chainId, name: "parley-alone" }, Mainnet, {
      hardfork: Hardfork.Cancun,
    });
    const vm = await createVM({ common });
    for (const account of accounts) await putFirst(vm, account);
    const header = {
      stateRoot: await vm.stateManager.getStateRoot(),
      gasLimit: BLOCK_GAS,
      baseFeePerGas: FIRST_BASE_FEE_WEI,
      parentBeaconBlockRoot: NO_HASH,
    };
    return new EmbeddedEvm(vm, createBlock({ header }, { common }));
  }

  get head(): MinedBlock {
    const last = this.#mined.at(-1);
    if (last === undefined) throw new ProviderError(-32_603, "The chain has no block");
    return last;
  }

  get blocks(): readonly MinedBlock[] {
    return this.#mined;
  }

  /** Errors of JSON-RPC: what is no transaction of this chain. */
  decode(raw: Uint8Array): TypedTransaction {
    try {
      const transaction = createTxFromRLP(raw, { common: this.#vm.common });
      transaction.getSenderAddress();
      return transaction;
    } catch (thrown) {
      throw new ProviderError(-32_000, `invalid transaction: ${messageOf(thrown)}`);
    }
  }

  /** Mines one transaction. Errors of JSON-RPC (nonce, funds, gas): then nothing has changed. */
  async mine(raw: Uint8Array, timestampSeconds: number): Promise<MinedBlock> {
    const transaction = this.decode(raw);
    await this.#check(transaction);
    const parent = this.head.block;
    const builder = await buildBlock(this.#vm, {
      parentBlock: parent,
      headerData: {
        timestamp: BigInt(timestampSeconds),
        gasLimit: BLOCK_GAS,
        parentBeaconBlockRoot: NO_HASH,
      },
      blockOpts: { putBlockIntoBlockchain: false, common: this.#vm.common },
    });
    try {
      const result = await builder.addTransaction(transaction);
      const { block } = await builder.build();
      const mined = { block, transaction, result };
      this.#mined.push(mined);
      return mined;
    } catch (thrown) {
      await builder.revert();
      throw new ProviderError(-32_000, messageOf(thrown));
    }
  }

  /** Takes the newest block back: its place in the log was taken by another tab. */
  async undo(): Promise<void> {
    this.#mined.pop();
    await this.#vm.stateManager.setStateRoot(this.head.block.header.stateRoot, true);
  }

  /** Of the newest block: of all that has happened. */
  blockHash(): Hash {
    return without0x(bytesToHex(this.head.block.hash()));
  }

  /** A call on the state after block `at`, as part of a block at `timestampSeconds`. */
  async call(call: EvmCall, at: number, blockNumber: bigint, timestampSeconds: bigint): Promise<CallOutcome> {
    const vm = await this.#copyAt(at);
    const { execResult } = await vm.evm.runCall({
      caller: evmAddress(call.from),
      ...(call.to === undefined ? {} : { to: evmAddress(call.to) }),
      data: hexToBytes(call.data),
      value: call.valueWei,
      gasLimit: call.gas ?? BLOCK_GAS,
      block: this.#context(blockNumber, timestampSeconds),
      skipBalance: true,
    });
    return {
      returned: bytesToHex(execResult.returnValue),
      gasUsed: execResult.executionGasUsed,
      error: execResult.exceptionError?.error,
    };
  }

  /** The same as a whole transaction with `gas`, on the newest state. */
  async run(call: EvmCall, gas: bigint, timestampSeconds: bigint): Promise<CallOutcome> {
    const vm = await this.#copyAt(this.#mined.length - 1);
    const { common } = vm;
    const sender = evmAddress(call.from);
    const account = await vm.stateManager.getAccount(sender);
    const transaction = createFeeMarket1559Tx(
      {
        nonce: account?.nonce ?? 0n,
        ...(call.to === undefined ? {} : { to: evmAddress(call.to) }),
        data: hexToBytes(call.data),
        value: call.valueWei,
        gasLimit: gas,
        maxFeePerGas: 0n,
        maxPriorityFeePerGas: 0n,
      },
      { common, freeze: false },
    );
    transaction.getSenderAddress = () => sender;
    const { execResult, totalGasSpent } = await runTx(vm, {
      tx: transaction,
      block: this.#context(this.head.block.header.number + 1n, timestampSeconds),
      skipBalance: true,
    });
    return {
      returned: bytesToHex(execResult.returnValue),
      gasUsed: totalGasSpent,
      error: execResult.exceptionError?.error,
    };
  }

  async account(address: Address, at: number): Promise<{ readonly nonce: bigint; readonly balance: bigint }> {
    const vm = await this.#copyAt(at);
    const account = await vm.stateManager.getAccount(evmAddress(address));
    return { nonce: account?.nonce ?? 0n, balance: account?.balance ?? 0n };
  }

  async code(address: Address, at: number): Promise<`0x${string}`> {
    const vm = await this.#copyAt(at);
    return bytesToHex(await vm.stateManager.getCode(evmAddress(address)));
  }

  async storage(address: Address, slot: Uint8Array, at: number): Promise<`0x${string}`> {
    const vm = await this.#copyAt(at);
    return bytesToHex(await vm.stateManager.getStorage(evmAddress(address), slot), { size: 32 });
  }

  /** Base fee of the block after the newest. */
  nextBaseFeeWei(): bigint {
    return this.head.block.header.calcNextBaseFee();
  }

  async #check(transaction: TypedTransaction): Promise<void> {
    const sender = transaction.getSenderAddress();
    const account = await this.#vm.stateManager.getAccount(sender);
    const nonce = account?.nonce ?? 0n;
    // Words of other clients: wallets and libraries read them.
    if (transaction.nonce < nonce) throw new ProviderError(-32_000, "nonce too low");
    if (transaction.nonce > nonce) throw new ProviderError(-32_000, "nonce too high");
    if (transaction.gasLimit > BLOCK_GAS) throw new ProviderError(-32_000, "exceeds block gas limit");
    if ((account?.balance ?? 0n) < transaction.getUpfrontCost(this.nextBaseFeeWei())) {
      throw new ProviderError(-32_000, "insufficient funds for gas * price + value");
    }
  }

  /** Reads on a copy: what a call writes is forgotten with it. Old states stay in the trie. */
  async #copyAt(at: number): Promise<VM> {
    const mined = this.#mined[at];
    if (mined === undefined) throw new ProviderError(-32_000, "header not found");
    const copy = await this.#vm.shallowCopy();
    await copy.stateManager.setStateRoot(mined.block.header.stateRoot, true);
    return copy;
  }

  /** Without a base fee: calls pay nothing. */
  #context(number: bigint, timestamp: bigint): Block {
    const header = {
      number,
      timestamp,
      gasLimit: BLOCK_GAS,
      baseFeePerGas: 0n,
      parentBeaconBlockRoot: NO_HASH,
    };
    return createBlock({ header }, { common: this.#vm.common });
  }
}

async function putFirst(vm: VM, { address, etherWei = 0n, code }: FirstAccount): Promise<void> {
  // Contracts begin at nonce 1 (EIP-161).
  const nonce = code === undefined ? 0n : 1n;
  await vm.stateManager.putAccount(evmAddress(address), new Account(nonce, etherWei));
  if (code !== undefined) await vm.stateManager.putCode(evmAddress(address), hexToBytes(code));
}

function evmAddress(address: Address): EvmAddress {
  return createAddressFromString(address);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
