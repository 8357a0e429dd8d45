import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectFirst, type LocalChain, stakeFor, startLocalChain } from "../../e2e/support/local-chain.ts";
import { installMulticall } from "../../e2e/support/multicall.ts";
import { type RpcProxy, startRpcProxy } from "../../e2e/support/rpc-proxy.ts";
import type { Chain, Operator, Wallet } from "../ports/chain.ts";
import { createChain } from "./chain.ts";

const NODE = "4".repeat(64);
const HOUR_SECONDS = 3_600;
const hash = (digit: string) => digit.repeat(64);

describe("what a look at disputes asks of an endpoint", () => {
  let local: LocalChain;
  let proxy: RpcProxy;
  let wallet: Wallet;
  let operator: Operator;
  let chain: Chain;
  beforeEach(async () => {
    local = await startLocalChain(HOUR_SECONDS);
    await installMulticall(local);
    proxy = await startRpcProxy(local.network.rpcUrls[0] ?? "");
    ({ wallet } = await local.newPage());
    await connectFirst(wallet);
    operator = await stakeFor(local, wallet, NODE, 100n * 10n ** 18n);
    chain = createChain({ ...local.network, rpcUrls: [proxy.url] });
  });
  afterEach(() => Promise.all([local.stop(), proxy.stop()]));

  async function anchor(epoch: number, previousRoot: string, stateRoot: string): Promise<void> {
    const { blockNumber } = await local.chain.registryAt(await local.settle());
    await local.settle();
    const root = {
      epoch,
      previousRoot,
      stateRoot,
      claimsRoot: hash("c"),
      manifestDigest: hash("d"),
      snapshotBlock: blockNumber,
    };
    await wallet.anchor({
      root,
      signatures: [{ operator: operator.address, signature: await operator.sign(root) }],
    });
  }

  /** Methods asked for by one look, in order. */
  async function look(): Promise<readonly string[]> {
    proxy.asked.length = 0;
    await chain.head();
    await chain.challengesOf([0, 1, 2]);
    await chain.disputes();
    return [...proxy.asked];
  }

  const steady = [
    "eth_getBlockByNumber",
    ...["eth_getBlockByNumber", "eth_call"],
    ...["eth_getBlockByNumber", "eth_call"],
  ];

  it("is five requests, however many epochs can be disputed and however far back they were anchored", async () => {
    await anchor(0, hash("0"), hash("1"));
    await anchor(1, hash("1"), hash("2"));
    await local.rpc("anvil_mine", ["0x400"]);
    await anchor(2, hash("2"), hash("3"));
    expect((await look()).length).toBeGreaterThan(20);
    await local.rpc("evm_mine");
    expect(await look()).toEqual(steady);
    const challenges = await chain.challengesOf([0, 1, 2]);
    expect([...challenges.values()].map(({ anchored }) => anchored.root.stateRoot)).toEqual(
      ["1", "2", "3"].map(hash),
    );
  });

  it("asks once more for each young dispute, and no log twice", async () => {
    await anchor(0, hash("0"), hash("1"));
    const anchored = await local.chain.anchoredRecord(0);
    if (anchored === undefined) throw new Error("expected an anchored epoch");
    await wallet.dispute({ step: "open", anchored, reason: hash("8") });
    await look();
    await local.rpc("evm_mine");
    expect(await look()).toEqual([...steady, "eth_getBlockByNumber"]);
    await wallet.dispute({ step: "open", anchored, reason: hash("9") });
    expect((await look()).filter((method) => method === "eth_getLogs")).toHaveLength(1);
    expect((await chain.disputes()).map(({ reason }) => reason)).toEqual([hash("9"), hash("8")]);
    await local.rpc("anvil_mine", ["0x100"]);
    expect(await look()).toEqual(steady);
  });

  it("reads anew what a reorganisation has replaced", async () => {
    const snapshot = await local.rpc("evm_snapshot", []);
    await anchor(0, hash("0"), hash("1"));
    await look();
    expect((await chain.anchoredEpoch(0))?.stateRoot).toBe(hash("1"));
    await local.rpc("evm_revert", [snapshot]);
    expect(await chain.challengesOf([0])).toEqual(new Map());
    await anchor(0, hash("0"), hash("2"));
    await look();
    expect((await chain.challengesOf([0])).get(0)?.anchored.root.stateRoot).toBe(hash("2"));
    expect((await chain.anchoredEpoch(0))?.stateRoot).toBe(hash("2"));
  });

  it("finds where a root is anchored once, and trusts that while its block is on the chain", async () => {
    await anchor(0, hash("0"), hash("1"));
    const found = await chain.anchoredEpoch(0);
    proxy.asked.length = 0;
    expect(await chain.anchoredEpoch(0)).toEqual(found);
    expect([...proxy.asked].sort()).toEqual(["eth_call", "eth_call", "eth_getBlockByNumber"]);
    await local.rpc("anvil_reorg", [4, []]);
    // The chain has no such root any more, or has it in another block.
    expect(await chain.anchoredEpoch(0)).not.toEqual(found);
  });
});
