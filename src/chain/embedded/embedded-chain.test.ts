import { randomBytes } from "node:crypto";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { createPublicClient, custom, encodeFunctionData, hexToBytes, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { connectFirst } from "../../../e2e/support/local-chain.ts";
import { failure } from "../../core/errors.ts";
import { describeChain } from "../../ports/acceptance/chain.ts";
import { describeWallet } from "../../ports/acceptance/wallet.ts";
import type { TransactionLog } from "../../ports/transaction-log.ts";
import { createTransactionLog } from "../../store/transaction-log.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { createChain } from "../chain.ts";
import { lowerCase } from "../hex.ts";
import { type ChainNetwork, EMBEDDED_CHAIN_ID, viemChain } from "../network.ts";
import { createOperator } from "../operator.ts";
import { ALONE_WALLET_NAME, announceDemoWallet } from "../wallet/demo-wallet.ts";
import type { Eip1193Provider } from "../wallet/provider.ts";
import { createWallet } from "../wallet/wallet.ts";
import { contractsOfEmbedded, EmbeddedChain } from "./embedded-chain.ts";

const START_MS = 1_800_000_000_000;

/** A chain with a clock that only `settle` moves, and pages on it. */
async function startEmbedded() {
  const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
  let nowMs = START_MS;
  let plugged = true;
  const openLog = () => createTransactionLog("test", engine);
  const open = (log: TransactionLog = openLog()) =>
    EmbeddedChain.open({ log, nowMs: () => nowMs, settings: {} });
  const embedded = await open();
  const request = async (method: string, params: readonly unknown[] = []) => {
    if (!plugged) throw failure("chain-unreachable", "The chain's worker has ended");
    return embedded.request(method, params);
  };
  const provider: Eip1193Provider = { request: ({ method, params }) => request(method, params) };
  const network: ChainNetwork = { rpcUrls: [], chain: contractsOfEmbedded(), provider };
  const answers = { agrees: true, asked: 0 };
  const newPage = () => {
    const target = new EventTarget();
    const kept = new Map<string, string>();
    announceDemoWallet({
      rpc: request,
      chainId: EMBEDDED_CHAIN_ID,
      name: ALONE_WALLET_NAME,
      fill: (account) => embedded.fill(account),
      target,
      storage: {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => void kept.set(key, value),
      },
      confirm: async ({ kind }) => {
        if (kind === "transaction") answers.asked++;
        return answers.agrees;
      },
    });
    return createWallet(network, target);
  };
  return {
    embedded,
    provider,
    network,
    answers,
    newPage,
    open,
    openLog,
    chain: createChain(network),
    newOperator: () => createOperator(randomBytes(32), network.chain),
    settle: async () => {
      const settledMs = nowMs;
      nowMs += 2_000;
      return settledMs;
    },
    unplug: async () => {
      plugged = false;
    },
  };
}

describeChain("an EVM of this browser alone", async () => {
  const started = await startEmbedded();
  return {
    ...started,
    newWallet: async () => {
      const wallet = started.newPage();
      await connectFirst(wallet);
      return wallet;
    },
    dispose: async () => undefined,
  };
});

describeWallet("demo wallet on an EVM of this browser alone", async () => {
  const { newPage, answers, chain, newOperator } = await startEmbedded();
  return {
    wallet: newPage(),
    chain,
    newOperator,
    setUserAgrees: (agrees) => {
      answers.agrees = agrees;
    },
    timesAsked: () => answers.asked,
    dispose: async () => undefined,
  };
});

describe("EmbeddedChain", () => {
  it("comes to the same blocks and the same state from its log, and goes on", async () => {
    const { embedded, open, newPage, newOperator } = await startEmbedded();
    const wallet = newPage();
    await connectFirst(wallet);
    const stake = { nodeId: "1".repeat(64), operator: newOperator().address, amountWei: parseEther("150") };
    await wallet.stake(stake);
    const head = await embedded.request("eth_getBlockByNumber", ["latest", false]);
    const again = await open();
    expect(await again.request("eth_getBlockByNumber", ["latest", false])).toEqual(head);
    expect(head).toMatchObject({ stateRoot: expect.stringMatching(/^0x[0-9a-f]{64}$/), number: "0x8" });
    await wallet.stake({ ...stake, amountWei: parseEther("1") });
    expect(await again.request("eth_blockNumber")).toBe(await embedded.request("eth_blockNumber"));
  });

  it("says that a log is damaged instead of showing another state", async () => {
    const { openLog, open } = await startEmbedded();
    const kept = await openLog().after(0);
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
      await expect(open(damaged)).rejects.toThrow(expect.objectContaining({ code: "chain-log-damaged" }));
    }
  });

  it("is one chain in several tabs that write at once", async () => {
    const started = await startEmbedded();
    const tabs = [started.embedded, await started.open(), await started.open()];
    const accounts = tabs.map(() => lowerCase(privateKeyToAccount(generatePrivateKey()).address));
    await Promise.all(tabs.map((tab, index) => tab.fill(accounts[index] ?? "0x")));
    const heads = await Promise.all(
      tabs.map((tab) => tab.request("eth_getBlockByNumber", ["latest", false])),
    );
    expect(new Set(heads.map((head) => JSON.stringify(head))).size).toBe(1);
    for (const account of accounts) {
      expect(await started.chain.tokenBalanceWei(account)).toBe(parseEther("10000"));
    }
  });

  it("has not done what it could not keep", async () => {
    const { openLog, open } = await startEmbedded();
    let isFull = false;
    const log = openLog();
    const full = failure("storage-full", "no room");
    const chain = await open({
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

  it("answers a client library: past blocks, logs, receipts, fees, refusals with their reasons", async () => {
    const { embedded, provider, network } = await startEmbedded();
    const client = createPublicClient({
      chain: viemChain(EMBEDDED_CHAIN_ID, []),
      transport: custom(provider, { retryCount: 0 }),
      pollingInterval: 10,
    });
    const account = privateKeyToAccount(generatePrivateKey());
    const before = await client.getBlockNumber();
    await embedded.fill(lowerCase(account.address));
    const token = { address: network.chain.token, abi: parleyTokenAbi } as const;
    const balance = { ...token, functionName: "balanceOf", args: [account.address] } as const;
    expect(await client.readContract(balance)).toBe(parseEther("10000"));
    expect(await client.readContract({ ...balance, blockNumber: before })).toBe(0n);
    const [log] = await client.getContractEvents({
      ...token,
      eventName: "Transfer",
      args: { to: account.address },
      fromBlock: 0n,
      strict: true,
    });
    expect(log?.args.value).toBe(parseEther("10000"));
    const receipt = await client.getTransactionReceipt({ hash: log?.transactionHash ?? "0x" });
    expect(receipt).toMatchObject({ status: "success", blockNumber: before + 2n, logs: [{ logIndex: 0 }] });
    expect((await client.getTransaction({ hash: receipt.transactionHash })).blockHash).toBe(
      receipt.blockHash,
    );
    expect(
      (await client.getFeeHistory({ blockCount: 3, rewardPercentiles: [50] })).baseFeePerGas.length,
    ).toBe(4);
    expect(
      (await client.getBlock({ blockHash: receipt.blockHash, includeTransactions: true })).transactions[0]
        ?.hash,
    ).toBe(receipt.transactionHash);
    expect((await client.getCode({ address: network.chain.claims }))?.length).toBeGreaterThan(100);
    const tooMuch = encodeFunctionData({
      abi: parleyTokenAbi,
      functionName: "transfer",
      args: [network.chain.claims, parseEther("10001")],
    });
    const refused = client.estimateGas({ account: account.address, to: token.address, data: tooMuch });
    await expect(refused).rejects.toThrow(/revert/);
    await expect(embedded.request("eth_sign")).rejects.toMatchObject({ code: 4200 });
    await expect(embedded.request("eth_getBalance", [7])).rejects.toMatchObject({ code: -32_602 });
    for (const raw of ["0x", "0x02c0", "0x1234"]) {
      await expect(embedded.request("eth_sendRawTransaction", [raw])).rejects.toMatchObject({
        code: -32_000,
      });
    }
  });

  it("estimates gas that is enough, and not much more", async () => {
    const { embedded, network } = await startEmbedded();
    const account = privateKeyToAccount(generatePrivateKey());
    await embedded.fill(lowerCase(account.address));
    const data = encodeFunctionData({
      abi: parleyTokenAbi,
      functionName: "transfer",
      args: [network.chain.claims, 1n],
    });
    const gas = BigInt(
      String(
        await embedded.request("eth_estimateGas", [{ from: account.address, to: network.chain.token, data }]),
      ),
    );
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId: EMBEDDED_CHAIN_ID,
      nonce: 0,
      to: network.chain.token,
      data,
      gas,
      maxFeePerGas: parseEther("1", "gwei"),
    });
    expect(hexToBytes(raw).length).toBeGreaterThan(100);
    const transaction = await embedded.request("eth_sendRawTransaction", [raw]);
    const receipt = await embedded.request("eth_getTransactionReceipt", [transaction]);
    expect(receipt).toMatchObject({ status: "0x1" });
    const used =
      typeof receipt === "object" && receipt !== null && "gasUsed" in receipt
        ? BigInt(String(receipt.gasUsed))
        : 0n;
    expect(Number(gas) / Number(used)).toBeLessThan(1.2);
    await expect(embedded.request("eth_sendRawTransaction", [raw])).rejects.toThrow("nonce too low");
  });
});
