import { createPublicClient, custom, encodeFunctionData, type PublicClient, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  EMBEDDED_RULES,
  EMBEDDED_START_MS,
  type EmbeddedPage,
  startEmbedded,
} from "../../../e2e/support/embedded-chain.ts";
import { connectFirst, stakeFor } from "../../../e2e/support/local-chain.ts";
import { failure } from "../../core/errors.ts";
import { describeChainEvents } from "../../ports/acceptance/chain-events.ts";
import { stakeRequest } from "../../ports/chain.ts";
import { MemoryChainRecords } from "../../store/chain-records-memory.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { createEventIndex } from "../event-index.ts";
import { lowerCase } from "../hex.ts";
import { createReadClient, EMBEDDED_CHAIN_ID, viemChain } from "../network.ts";
import { EmbeddedChain } from "./embedded-chain.ts";

const GIFT_WEI = parseEther("10000");

describeChainEvents("embedded", async () => {
  const page = await startEmbedded();
  const records = new MemoryChainRecords();
  const client = createReadClient(page.network);
  const newWallet = async () => {
    const wallet = page.newWallet();
    await connectFirst(wallet);
    return wallet;
  };
  return {
    records,
    open: () => createEventIndex({ client, contracts: page.network.chain, records, sinceMs: 0 }),
    newWallet,
    stake: async (digit) => {
      const wallet = await newWallet();
      await stakeFor(page, wallet, digit.repeat(64), parseEther("100"));
      return wallet;
    },
    headMs: async () => (await page.chain.head()).timestampMs,
    dispose: page.stop,
  };
});

/** Twelve contracts, also on a machine that does other things as well. */
describe("EmbeddedChain", { timeout: 120_000 }, () => {
  let page: EmbeddedPage;
  beforeEach(async () => {
    page = await startEmbedded();
  });
  afterEach(() => page.stop());

  it("comes to the same blocks and the same state from its log, and goes on", async () => {
    const wallet = page.newWallet();
    const account = await connectFirst(wallet);
    const operator = page.newOperator();
    const wanted = { nodeId: "1".repeat(64), account, amountWei: parseEther("150") };
    await wallet.stake(await stakeRequest(operator, wanted));
    const latest = { method: "eth_getBlockByNumber", params: ["latest", false] };
    const head = await page.evm.provider.request(latest);
    const again = await page.openChain();
    expect(await again.request("eth_getBlockByNumber", ["latest", false])).toEqual(head);
    expect(head).toMatchObject({ stateRoot: expect.stringMatching(/^0x[0-9a-f]{64}$/), number: "0x10" });
    await wallet.stake(await stakeRequest(operator, { ...wanted, amountWei: parseEther("1") }));
    expect(await again.request("eth_blockNumber")).toBe(
      await page.evm.provider.request({ method: "eth_blockNumber" }),
    );
  });

  it("says that a log is damaged instead of showing another state", async () => {
    const kept = await page.openLog().after(0);
    const [first, second, ...rest] = kept;
    if (first === undefined || second === undefined) throw new Error("expected the contracts' creations");
    const changed = [
      [first, { ...second, timestampSeconds: second.timestampSeconds + 1 }, ...rest],
      [first, ...rest],
      [first, { ...second, raw: second.raw.slice(1) }, ...rest],
      [{ ...first, blockHash: "f".repeat(64) }, second, ...rest],
    ];
    for (const log of changed) {
      const damaged = {
        after: async (number: number) => log.slice(number),
        append: async () => true,
        close: () => {},
      };
      await expect(page.openChain(damaged)).rejects.toThrow(
        expect.objectContaining({ code: "chain-log-damaged" }),
      );
    }
  });

  it("does not go on with other contracts than this version's", async () => {
    const log = page.openLog();
    const rules = { ...EMBEDDED_RULES, minimumStakeWei: 1n };
    const other = EmbeddedChain.open({ log, nowMs: () => EMBEDDED_START_MS, rules });
    await expect(other).rejects.toThrow(expect.objectContaining({ code: "chain-outdated" }));
  });

  it("is one chain in several tabs that write at once", async () => {
    const tabs = [await page.openChain(), await page.openChain(), await page.openChain()];
    const accounts = tabs.map(() => lowerCase(privateKeyToAccount(generatePrivateKey()).address));
    await Promise.all(tabs.map((tab, index) => tab.fill(accounts[index] ?? "0x")));
    const heads = await Promise.all(
      tabs.map((tab) => tab.request("eth_getBlockByNumber", ["latest", false])),
    );
    expect(new Set(heads.map((head) => JSON.stringify(head))).size).toBe(1);
    for (const account of accounts) {
      expect(await page.chain.tokenBalanceWei(account)).toBe(GIFT_WEI);
    }
  });

  it("has not done what it could not keep", async () => {
    let isFull = false;
    const log = page.openLog();
    const full = failure("storage-full", "no room");
    const chain = await page.openChain({
      ...log,
      append: (entry) => (isFull ? Promise.reject(full) : log.append(entry)),
    });
    const before = await chain.request("eth_getBlockByNumber", ["latest", false]);
    const account = lowerCase(privateKeyToAccount(generatePrivateKey()).address);
    isFull = true;
    await expect(chain.fill(account)).rejects.toThrow(expect.objectContaining({ code: "storage-full" }));
    expect(await chain.request("eth_getBlockByNumber", ["latest", false])).toEqual(before);
    expect(await chain.request("eth_getBalance", [account, "latest"])).toBe("0x0");
    isFull = false;
    await chain.fill(account);
    expect(BigInt(String(await chain.request("eth_getBalance", [account, "latest"])))).toBe(
      parseEther("100"),
    );
  });

  describe("to a client library", () => {
    let chain: EmbeddedChain;
    let client: PublicClient;
    const account = privateKeyToAccount(generatePrivateKey());
    const token = () => ({ address: page.network.chain.token, abi: parleyTokenAbi }) as const;
    const transferOf = (amountWei: bigint) =>
      encodeFunctionData({
        abi: parleyTokenAbi,
        functionName: "transfer",
        args: [page.network.chain.claims, amountWei],
      });
    beforeEach(async () => {
      chain = await page.openChain();
      await chain.fill(lowerCase(account.address));
      const provider = {
        request: ({ method, params }: { method: string; params?: readonly unknown[] }) =>
          chain.request(method, params),
      };
      const transport = custom(provider, { retryCount: 0 });
      client = createPublicClient({ chain: viemChain(EMBEDDED_CHAIN_ID, []), transport });
    });

    it("gives past states, logs, receipts, blocks and fees", async () => {
      const head = await client.getBlockNumber();
      const balance = { ...token(), functionName: "balanceOf", args: [account.address] } as const;
      expect(await client.readContract(balance)).toBe(GIFT_WEI);
      expect(await client.readContract({ ...balance, blockNumber: head - 1n })).toBe(0n);
      const range = { fromBlock: 0n, strict: true } as const;
      const to = { ...token(), eventName: "Transfer", args: { to: account.address }, ...range } as const;
      const [log, ...others] = await client.getContractEvents(to);
      expect(others).toEqual([]);
      expect(log?.args.value).toBe(GIFT_WEI);
      const receipt = await client.getTransactionReceipt({ hash: log?.transactionHash ?? "0x" });
      expect(receipt).toMatchObject({ status: "success", blockNumber: head, logs: [{ logIndex: 0 }] });
      const transaction = await client.getTransaction({ hash: receipt.transactionHash });
      expect(transaction).toMatchObject({ blockHash: receipt.blockHash, type: "eip1559", nonce: 13 });
      const block = await client.getBlock({ blockHash: receipt.blockHash, includeTransactions: true });
      expect(block.transactions).toEqual([transaction]);
      const asked = { to: page.network.chain.token, data: "0x18160ddd" } as const;
      const atBlock = { blockHash: block.hash, requireCanonical: true } as const;
      expect((await client.call({ ...asked, ...atBlock })).data).toMatch(/^0x0*[1-9a-f]/);
      const elsewhere = { ...asked, blockHash: `0x${"5".repeat(64)}` } as const;
      await expect(client.call(elsewhere)).rejects.toThrow(/unknown block/);
      const fees = await client.getFeeHistory({ blockCount: 3, rewardPercentiles: [50] });
      expect(fees.baseFeePerGas.length).toBe(4);
      expect((await client.getCode({ address: page.network.chain.claims }))?.length).toBeGreaterThan(100);
      const slot = { address: page.network.chain.token, slot: "0xff" } as const;
      expect(await client.getStorageAt(slot)).toBe(`0x${"0".repeat(64)}`);
    });

    it("estimates gas that is enough, and not much more", async () => {
      const to = token().address;
      const data = transferOf(1n);
      const gas = await client.estimateGas({ account: account.address, to, data });
      const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 0n } as const;
      const call = { type: "eip1559", chainId: EMBEDDED_CHAIN_ID, nonce: 0, to, data, gas, ...fees } as const;
      const serializedTransaction = await account.signTransaction(call);
      const hash = await client.sendRawTransaction({ serializedTransaction });
      const receipt = await client.getTransactionReceipt({ hash });
      expect(receipt.status).toBe("success");
      expect(Number(gas) / Number(receipt.gasUsed)).toBeLessThan(1.2);
      const again = client.sendRawTransaction({ serializedTransaction });
      await expect(again).rejects.toThrow("nonce too low");
    });

    it("refuses with the reason: the contract's, the account's, the transaction's, the call's", async () => {
      const to = token().address;
      const tooMuch = client.estimateGas({ account: account.address, to, data: transferOf(GIFT_WEI + 1n) });
      await expect(tooMuch).rejects.toThrow(/revert/);
      const poor = privateKeyToAccount(generatePrivateKey());
      const call = { type: "eip1559", chainId: EMBEDDED_CHAIN_ID, nonce: 0, to, gas: 100_000n } as const;
      const unpaid = await poor.signTransaction({ ...call, maxFeePerGas: 10n ** 10n });
      await expect(chain.request("eth_sendRawTransaction", [unpaid])).rejects.toThrow("insufficient funds");
      const elsewhere = await account.signTransaction({ ...call, chainId: 1, maxFeePerGas: 10n ** 10n });
      for (const raw of ["0x", "0x02c0", "0x1234", elsewhere]) {
        const refused = chain.request("eth_sendRawTransaction", [raw]);
        await expect(refused).rejects.toMatchObject({ code: -32_000 });
      }
      await expect(chain.request("eth_sign")).rejects.toMatchObject({ code: 4200 });
      await expect(chain.request("constructor")).rejects.toMatchObject({ code: 4200 });
      await expect(chain.request("eth_getBalance", [7])).rejects.toMatchObject({ code: -32_602 });
      await expect(chain.request("eth_call", [{ to }, "0x99"])).rejects.toMatchObject({ code: -32_000 });
    });
  });
});
