import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectFirst, type LocalChain, stakeFor, startLocalChain } from "../../e2e/support/local-chain.ts";
import { installMulticall } from "../../e2e/support/multicall.ts";
import { type RpcProxy, startRpcProxy } from "../../e2e/support/rpc-proxy.ts";
import type { Address } from "../core/primitives.ts";
import { createChain } from "./chain.ts";

const NODE = "4".repeat(64);

describe("reads of one view", () => {
  let local: LocalChain;
  let proxy: RpcProxy;
  let account: Address;
  beforeEach(async () => {
    local = await startLocalChain();
    proxy = await startRpcProxy(local.network.rpcUrls[0] ?? "");
    const { wallet } = await local.newPage();
    account = await connectFirst(wallet);
    await stakeFor(local, wallet, NODE, 100n * 10n ** 18n);
  });
  afterEach(() => Promise.all([local.stop(), proxy.stop()]));

  const chainOf = () => createChain({ ...local.network, rpcUrls: [proxy.url] });

  it("go in one post where the chain has no multicall contract", async () => {
    const chain = chainOf();
    await chain.overview(NODE, account);
    const posts = proxy.posts;
    const overview = await chain.overview(NODE, account);
    // The head, and then everything else.
    expect(proxy.posts).toBe(posts + 2);
    expect(overview.stake?.account).toBe(account);
  });

  it("are one call of the multicall contract where there is one", async () => {
    await installMulticall(local);
    const chain = chainOf();
    await chain.overview(NODE, account);
    proxy.asked.length = 0;
    const overview = await chain.overview(NODE, account);
    expect(proxy.asked.filter((method) => method === "eth_call")).toHaveLength(1);
    expect(overview.stake?.account).toBe(account);
    expect(overview.account?.balanceWei).toBe(await local.chain.tokenBalanceWei(account));
  });

  it("never mix two blocks: a block that is taken back meanwhile is not read", async () => {
    const chain = chainOf();
    const views = [];
    for (let round = 0; round < 8; round++) {
      const reading = chain.overview(NODE, account);
      const undone = local.rpc("anvil_reorg", [1, []]);
      views.push(await reading);
      await undone;
      await local.rpc("evm_mine");
    }
    for (const { stake, account: money } of views) {
      // Both are of one block: the tokens are in the stake or with the account.
      expect((stake?.stakeWei ?? 0n) + (money?.balanceWei ?? 0n)).toBe(10_000n * 10n ** 18n);
    }
  });

  it("are made again when a node says that the block is not there, in the code of EIP-1474 alone", async () => {
    proxy.lostCalls = 1;
    const overview = await chainOf().overview(NODE, account);
    expect(overview.stake?.account).toBe(account);
    proxy.lostCalls = 100;
    await expect(chainOf().overview(NODE, account)).rejects.toThrow();
  });

  it("fail once when several of them fail: no failure is left for nobody to hear", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on("unhandledRejection", hear);
    const provider = {
      request: async ({ method, params }: { readonly method: string; readonly params?: unknown }) => {
        if (method === "eth_getCode") return "0x";
        if (method !== "eth_getBlockByNumber" || !Array.isArray(params)) throw new TypeError("gone");
        return local.rpc(method, params);
      },
    };
    const chain = createChain({ ...local.network, provider });
    await expect(chain.overview(NODE, account)).rejects.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", hear);
    expect(unheard).toEqual([]);
  });
});
