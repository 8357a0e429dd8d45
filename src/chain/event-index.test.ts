import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectFirst, type LocalChain, stakeFor, startLocalChain } from "../../e2e/support/local-chain.ts";
import { type RpcProxy, startRpcProxy } from "../../e2e/support/rpc-proxy.ts";
import { describeSharedChainEvents } from "../ports/acceptance/chain-events.ts";
import type { Wallet } from "../ports/chain.ts";
import type { ChainEvent } from "../ports/chain-records.ts";
import { MemoryChainDisk, MemoryChainRecords } from "../store/chain-records-memory.ts";
import { createEventIndex } from "./event-index.ts";
import { createReadClient } from "./network.ts";

const STAKE_WEI = 100n * 10n ** 18n;

async function walletOn(local: LocalChain): Promise<Wallet> {
  const { wallet } = await local.newPage();
  await connectFirst(wallet);
  return wallet;
}

async function stakeOn(local: LocalChain, digit: string): Promise<Wallet> {
  const wallet = await walletOn(local);
  await stakeFor(local, wallet, digit.repeat(64), STAKE_WEI);
  return wallet;
}

describeSharedChainEvents("anvil over JSON-RPC", async () => {
  const local = await startLocalChain();
  const records = new MemoryChainRecords();
  const client = createReadClient(local.network);
  return {
    records,
    open: () => createEventIndex({ client, contracts: local.deployment, records, sinceMs: 0 }),
    newWallet: () => walletOn(local),
    stake: (digit) => stakeOn(local, digit),
    headMs: async () => (await local.chain.head()).timestampMs,
    reorganise: async () => void (await local.rpc("anvil_reorg", [1, []])),
    unplug: local.stop,
    dispose: local.stop,
  };
});

describe("the index of events", () => {
  let local: LocalChain;
  let proxy: RpcProxy;
  let disk: MemoryChainDisk;
  beforeEach(async () => {
    local = await startLocalChain();
    proxy = await startRpcProxy(local.network.rpcUrls[0] ?? "");
    disk = new MemoryChainDisk();
  });
  afterEach(() => Promise.all([local.stop(), proxy.stop()]));

  /** As a page opens it on what the profile keeps. */
  function open() {
    const records = new MemoryChainRecords(disk);
    const client = createReadClient({ ...local.network, rpcUrls: [proxy.url] });
    const events = createEventIndex({ client, contracts: local.deployment, records, sinceMs: 0 });
    return { events, all: () => records.events({ limit: 100 }) };
  }

  const stake = (digit: string) => stakeOn(local, digit);
  const nodes = (events: readonly ChainEvent[]) =>
    events.flatMap((event) => (event.kind === "staked" ? [event.nodeId[0]] : []));
  const headNumber = async () => Number(await local.rpc("eth_blockNumber"));

  it("tells what the contracts told, with its place on the chain", async () => {
    await stake("a");
    const { events, all } = open();
    const { tip, undoneBlocks } = await events.follow();
    expect(tip?.number).toBe(await headNumber());
    expect(undoneBlocks).toBe(0);
    const [staked] = (await all()).filter(({ kind }) => kind === "staked");
    expect(staked).toMatchObject({
      kind: "staked",
      nodeId: "a".repeat(64),
      amountWei: STAKE_WEI,
      blockNumber: await headNumber(),
    });
  });

  it("goes on where it was after a reload, and asks for what is new only", async () => {
    await stake("a");
    await open().events.follow();
    await stake("b");
    proxy.asked.length = 0;
    const { events, all } = open();
    await events.follow();
    expect(nodes(await all())).toEqual(["b", "a"]);
    const fresh = proxy.asked.filter((method) => method === "eth_getLogs").length;
    expect(fresh).toBeLessThanOrEqual(4);
    proxy.asked.length = 0;
    await events.follow();
    expect(proxy.asked).not.toContain("eth_getLogs");
  });

  it("follows a chain that went back (evm_revert) and grew another way", async () => {
    await stake("a");
    const snapshot = await local.rpc("evm_snapshot");
    await stake("b");
    const { events, all } = open();
    await events.follow();
    await local.rpc("evm_revert", [snapshot]);
    // A shorter chain may be one that lags: nothing is taken back until there is another block.
    await events.follow();
    expect(nodes(await all())).toEqual(["b", "a"]);
    await local.rpc("anvil_mine", ["0x50"]);
    await events.follow();
    expect(nodes(await all())).toEqual(["a"]);
    await stake("d");
    await events.follow();
    expect(nodes(await all())).toEqual(["d", "a"]);
  });

  it("keeps what it has while an endpoint lags, and says how far it has come", async () => {
    await stake("a");
    const { events, all } = open();
    await events.follow();
    proxy.headNumber = (await headNumber()) - 2;
    expect((await events.follow()).tip?.number).toBe(await headNumber());
    expect(nodes(await all())).toEqual(["a"]);
  });

  it("asks for narrower ranges until the endpoint gives them, and for wider ones again", async () => {
    await local.rpc("anvil_mine", ["0x190"]);
    await stake("a");
    proxy.logRange = 37;
    const { events, all } = open();
    await events.follow();
    expect(nodes(await all())).toEqual(["a"]);
    proxy.logRange = undefined;
    await local.rpc("anvil_mine", ["0x190"]);
    proxy.asked.length = 0;
    await events.follow();
    expect(proxy.asked.filter((method) => method === "eth_getLogs").length).toBeLessThan(10);
  });

  it("gives up on an endpoint that gives no events at all, and keeps what was read before", async () => {
    await stake("a");
    const { events, all } = open();
    await events.follow();
    await local.rpc("anvil_mine", ["0x10"]);
    proxy.logRange = 0;
    await expect(events.follow()).rejects.toMatchObject({ data: { code: "logs-refused" } });
    expect(nodes(await all())).toEqual(["a"]);
  });

  it("is read once by two tabs", async () => {
    await stake("a");
    const [one, two] = [open(), open()];
    await Promise.all([one.events.follow(), two.events.follow()]);
    expect(nodes(await one.all())).toEqual(["a"]);
    await stake("b");
    await Promise.all([one.events.follow(), two.events.follow()]);
    expect(nodes(await two.all())).toEqual(["b", "a"]);
  });
});
