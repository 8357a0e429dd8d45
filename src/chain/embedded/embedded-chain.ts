import { bytesToHex, encodeFunctionData, hexToBytes, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { failure } from "../../core/errors.ts";
import type { GenesisChain } from "../../core/genesis.ts";
import type { Parameters } from "../../core/parameters.ts";
import type { Address } from "../../core/primitives.ts";
import type { LoggedTransaction, TransactionLog } from "../../ports/transaction-log.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { CREATE2_PROXY, CREATE2_PROXY_CODE } from "../deploy/create2-proxy.ts";
import { contractParameters, localChoices } from "../deploy/parameters.ts";
import { type DeploymentPlan, planDeployment } from "../deploy/plan.ts";
import { EMBEDDED_CHAIN_ID } from "../network.ts";
import { ProviderError } from "../wallet/provider.ts";
import { EmbeddedEvm } from "./evm.ts";
import { FAUCET, FAUCET_KEY } from "./faucet-key.ts";
import { parse, rawTransaction } from "./params.ts";
import { answer } from "./rpc.ts";

const FAUCET_ETHER_WEI = parseEther("1000000000");
const GIFT_ETHER_WEI = parseEther("100");
const GIFT_TOKENS_WEI = parseEther("10000");
const CREATION_GAS = 20_000_000n;
const CALL_GAS = 500_000n;
/** Other tabs may take a place in the log first; more often than this is no accident. */
const ATTEMPTS = 40;

interface FaucetCall {
  readonly to?: Address;
  readonly data?: `0x${string}`;
  readonly value?: bigint;
  readonly gas: bigint;
}

export interface EmbeddedChainOptions {
  readonly log: TransactionLog;
  readonly nowMs: () => number;
  /** Of the network whose contracts these are. */
  readonly rules: Parameters;
}

/**
 * A chain of this browser alone with the network's contracts on it. What happened is in the log; several tabs that hold the
 * same log see the same chain. Calls come one after another.
 */
export class EmbeddedChain {
  readonly #options: EmbeddedChainOptions;
  readonly #evm: EmbeddedEvm;
  readonly #plan: DeploymentPlan;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: EmbeddedChainOptions, evm: EmbeddedEvm) {
    this.#options = options;
    this.#evm = evm;
    this.#plan = planOf(options.rules);
  }

  /**
   * Runs the log again; deploys the contracts where it is empty. Errors: chain-log-damaged, chain-outdated (other contracts
   * than this version's), reverted (rules that the contracts refuse), those of the log.
   */
  static async open(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
    const evm = await EmbeddedEvm.create(EMBEDDED_CHAIN_ID, [
      { address: FAUCET, etherWei: FAUCET_ETHER_WEI },
      { address: CREATE2_PROXY, code: CREATE2_PROXY_CODE },
    ]);
    const chain = new EmbeddedChain(options, evm);
    await chain.#catchUp();
    await chain.#deploy();
    return chain;
  }

  /** JSON-RPC. Errors: ProviderError; those of the log. */
  request(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return this.#inTurn(async () => {
      await this.#catchUp();
      if (method === "eth_sendRawTransaction") return this.#send(parse(rawTransaction, params[0]));
      const nowSeconds = () => BigInt(this.#nextSeconds());
      return answer({ evm: this.#evm, chainId: EMBEDDED_CHAIN_ID, nowSeconds }, method, params);
    });
  }

  /** Gives an account ether and tokens when it has none. Errors: faucet-empty. */
  fill(account: Address): Promise<void> {
    return this.#inTurn(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        await this.#catchUp();
        const gift = await this.#missing(account);
        if (gift === undefined) return;
        await this.#asFaucet(gift);
      }
      throw failure("faucet-empty", "The chain's own faucet gave nothing", undefined, account);
    });
  }

  async #missing(account: Address): Promise<FaucetCall | undefined> {
    const { token } = this.#plan.addresses;
    const head = this.#evm.blocks.length - 1;
    if ((await this.#evm.account(account, head)).balance === 0n) {
      return { to: account, value: GIFT_ETHER_WEI, gas: CALL_GAS };
    }
    const abi = parleyTokenAbi;
    const balanceOf = encodeFunctionData({ abi, functionName: "balanceOf", args: [account] });
    const { number, timestamp } = this.#evm.head.block.header;
    const asked = { from: FAUCET, to: token, data: balanceOf, valueWei: 0n, gas: undefined };
    const { returned } = await this.#evm.call(asked, head, number, timestamp);
    if (BigInt(returned) > 0n) return undefined;
    const args = [account, GIFT_TOKENS_WEI] as const;
    return { to: token, data: encodeFunctionData({ abi, functionName: "transfer", args }), gas: CALL_GAS };
  }

  /** The faucet sends nothing else before all contracts are there: its nonce tells which one is next. */
  async #deploy(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      this.#checkContracts();
      const { nonce } = await this.#evm.account(FAUCET, this.#evm.blocks.length - 1);
      const step = this.#plan.steps[Number(nonce)];
      if (step === undefined) return;
      await this.#asFaucet({ to: step.to, data: step.data, gas: CREATION_GAS });
    }
    throw new ProviderError(-32_000, "other tabs write all the time");
  }

  /** The first blocks, as many as there are, are the plan's. */
  #checkContracts(): void {
    for (const [index, { contract, data }] of this.#plan.steps.entries()) {
      const created = this.#evm.blocks[index + 1];
      if (created?.transaction === undefined) return;
      if (bytesToHex(created.transaction.data) !== data) {
        throw failure("chain-outdated", "This browser's own chain was begun with another version of Parley");
      }
      const error = created.result?.execResult.exceptionError?.error;
      if (error !== undefined) {
        throw failure("reverted", `Creating ${contract} failed`, "rules that the contracts take", error);
      }
    }
  }

  /** Nothing happens when another tab has used the nonce meanwhile: whoever calls looks again. */
  async #asFaucet(call: FaucetCall): Promise<void> {
    const { nonce } = await this.#evm.account(FAUCET, this.#evm.blocks.length - 1);
    const signed = await privateKeyToAccount(FAUCET_KEY).signTransaction({
      ...call,
      type: "eip1559",
      chainId: EMBEDDED_CHAIN_ID,
      nonce: Number(nonce),
      maxFeePerGas: this.#evm.nextBaseFeeWei() * 2n,
      maxPriorityFeePerGas: 0n,
    });
    try {
      await this.#send(hexToBytes(signed));
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
    }
  }

  /** Mined at once; answers with its hash. */
  async #send(raw: Uint8Array): Promise<`0x${string}`> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const timestampSeconds = this.#nextSeconds();
      const { block, transaction } = await this.#evm.mine(raw, timestampSeconds);
      const entry = {
        number: Number(block.header.number),
        timestampSeconds,
        raw,
        blockHash: this.#evm.blockHash(),
      };
      if (await this.#append(entry)) return bytesToHex(transaction?.hash() ?? new Uint8Array());
      await this.#catchUp();
    }
    throw new ProviderError(-32_000, "other tabs write all the time");
  }

  /** What could not be kept has not happened. */
  async #append(entry: LoggedTransaction): Promise<boolean> {
    let isKept = false;
    try {
      isKept = await this.#options.log.append(entry);
      return isKept;
    } finally {
      if (!isKept) await this.#evm.undo();
    }
  }

  /** Errors: chain-log-damaged. */
  async #catchUp(): Promise<void> {
    for (const entry of await this.#options.log.after(this.#evm.blocks.length - 1)) {
      const received = await this.#replay(entry);
      if (received === entry.blockHash) continue;
      const message = "What this browser kept of its own chain does not lead to the state that it had";
      throw failure("chain-log-damaged", message, `block ${entry.number}: ${entry.blockHash}`, received);
    }
  }

  /** The block's hash, or why there is no block. */
  async #replay({ number, raw, timestampSeconds }: LoggedTransaction): Promise<string> {
    if (number !== this.#evm.blocks.length) return `block ${this.#evm.blocks.length} is missing`;
    try {
      await this.#evm.mine(raw, timestampSeconds);
      return this.#evm.blockHash();
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  #nextSeconds(): number {
    const last = Number(this.#evm.head.block.header.timestamp);
    return Math.max(last, Math.floor(this.#options.nowMs() / 1_000));
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(operation);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** Where the contracts of a network with these rules are on any such chain. */
export function contractsOfEmbedded(rules: Parameters): GenesisChain {
  return { ...planOf(rules).addresses, chainId: EMBEDDED_CHAIN_ID };
}

function planOf(rules: Parameters): DeploymentPlan {
  return planDeployment("alone", contractParameters(rules, localChoices(FAUCET)));
}
