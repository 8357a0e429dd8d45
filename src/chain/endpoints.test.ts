import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PoolChain, startPoolChain } from "../../e2e/support/pool-chain.ts";
import { type RpcProxy, startRpcProxy } from "../../e2e/support/rpc-proxy.ts";
import { Endpoints } from "./endpoints.ts";
import { viemChain } from "./network.ts";

const HEAD = { method: "eth_blockNumber", params: [] };

describe("several endpoints", () => {
  let pool: PoolChain;
  let first: RpcProxy;
  let second: RpcProxy;
  let nowMs: number;
  let endpoints: Endpoints;
  beforeEach(async () => {
    pool = await startPoolChain();
    [first, second] = await Promise.all([startRpcProxy(pool.rpcUrl), startRpcProxy(pool.rpcUrl)]);
    nowMs = 1_000_000;
    const urls = [first.url, second.url];
    endpoints = new Endpoints({
      urls,
      chain: viemChain(31_337, urls),
      timeoutMs: 30_000,
      nowMs: () => nowMs,
    });
  });
  afterEach(() => Promise.all([pool.dispose(), first.stop(), second.stop()]));

  const states = () => endpoints.health().map(({ state }) => state);

  it("ask the first while it is well, several requests of one turn in one post", async () => {
    await endpoints.request(HEAD);
    const posts = first.posts;
    const [one, two] = await Promise.all([endpoints.request(HEAD), endpoints.request(HEAD)]);
    expect(one).toBe(two);
    await Promise.all([
      endpoints.request(HEAD),
      endpoints.request({ method: "eth_gasPrice", params: [] }),
      endpoints.request({ method: "eth_getBalance", params: [pool.account, "latest"] }),
    ]);
    expect(first.posts).toBe(posts + 2);
    expect(second.posts).toBe(0);
    expect(states()).toEqual(["healthy", "untried"]);
  });

  it("go on with the next when one is gone, and come back to it when it is back", async () => {
    first.refuse = { status: 502 };
    expect(await endpoints.request(HEAD)).toBe("0x0");
    expect(states()).toEqual(["unreachable", "healthy"]);
    first.refuse = undefined;
    const posts = first.posts;
    await endpoints.request(HEAD);
    expect(first.posts).toBe(posts);
    nowMs += 2_001;
    await endpoints.request(HEAD);
    expect(states()).toEqual(["healthy", "healthy"]);
  });

  it("leave one alone twice as long each time that it fails, and as short as at first when it has answered", async () => {
    const pausedMs = () => (endpoints.health()[0]?.pausedUntilMs ?? nowMs) - nowMs;
    first.refuse = { status: 502 };
    for (const expectedMs of [2_000, 4_000, 8_000]) {
      await endpoints.request(HEAD);
      expect(pausedMs()).toBe(expectedMs);
      nowMs += expectedMs + 1;
    }
    first.refuse = undefined;
    await endpoints.request(HEAD);
    first.refuse = { status: 502 };
    await endpoints.request(HEAD);
    expect(pausedMs()).toBe(2_000);
  });

  it("count requests that fail at once as one failure", async () => {
    await endpoints.request(HEAD);
    first.refuse = { status: 502 };
    await Promise.all([
      endpoints.request(HEAD),
      endpoints.request({ method: "eth_gasPrice", params: [] }),
      endpoints.request({ method: "eth_getBalance", params: [pool.account, "latest"] }),
    ]);
    expect(endpoints.health()[0]?.pausedUntilMs).toBe(nowMs + 2_000);
    nowMs += 2_001;
    await endpoints.request(HEAD);
    expect(endpoints.health()[0]?.pausedUntilMs).toBe(nowMs + 4_000);
  });

  it("check again which chain one serves that was away", async () => {
    await endpoints.request(HEAD);
    first.refuse = { status: 502 };
    await endpoints.request(HEAD);
    first.refuse = undefined;
    first.chainId = 1;
    nowMs += 2_001;
    await endpoints.request(HEAD);
    expect(states()).toEqual(["wrong-chain", "healthy"]);
  });

  it("leave one alone for as long as it asks to (429), and say when to try again when all do", async () => {
    first.refuse = { status: 429, retryAfterSeconds: 30 };
    await endpoints.request(HEAD);
    expect(endpoints.health()[0]).toMatchObject({ state: "limited", pausedUntilMs: nowMs + 30_000 });
    second.refuse = { status: 429 };
    await expect(endpoints.request(HEAD)).rejects.toThrow();
    const posts = first.posts + second.posts;
    await expect(endpoints.request(HEAD)).rejects.toMatchObject({
      data: { code: "chain-unreachable", received: "again in 2 s" },
    });
    expect(first.posts + second.posts).toBe(posts);
  });

  it("never ask an endpoint of another chain for anything but its chain", async () => {
    first.chainId = 1;
    expect(await endpoints.request(HEAD)).toBe("0x0");
    expect(states()).toEqual(["wrong-chain", "healthy"]);
    expect(first.asked).toEqual(["eth_chainId"]);
    second.chainId = 5;
    nowMs += 700_000;
    first.refuse = { status: 500 };
    await expect(endpoints.request({ method: "eth_gasPrice", params: [] })).resolves.toBeDefined();
  });

  it("pass by an endpoint that lags behind another, until it has caught up", async () => {
    await pool.mine(9);
    await endpoints.request(HEAD);
    first.refuse = { status: 502 };
    await endpoints.request(HEAD);
    first.refuse = undefined;
    first.headNumber = 2;
    nowMs += 2_001;
    expect(await endpoints.request(HEAD)).toBe("0x9");
    expect(states()).toEqual(["lagging", "healthy"]);
    first.headNumber = undefined;
    nowMs += 60_000;
    await endpoints.request(HEAD);
    expect(states()).toEqual(["healthy", "healthy"]);
  });

  it("ask the next for a block that one does not know yet", async () => {
    await pool.mine(4);
    first.headNumber = 2;
    const answer = await endpoints.request({ method: "eth_getBalance", params: [pool.account, "0x4"] });
    expect(answer).toMatch(/^0x/);
    expect(states()).toEqual(["lagging", "healthy"]);
  });

  it("ask one by one where an endpoint takes no batches", async () => {
    first.noBatches = true;
    const both = [endpoints.request(HEAD), endpoints.request({ method: "eth_gasPrice", params: [] })];
    expect(await Promise.all(both)).toEqual(["0x0", expect.stringMatching(/^0x/)]);
    expect(states()).toEqual(["healthy", "untried"]);
    const posts = first.posts;
    await Promise.all([endpoints.request(HEAD), endpoints.request({ method: "eth_gasPrice", params: [] })]);
    expect(first.posts).toBe(posts + 2);
  });

  it("do not ask another what one has refused for good reason", async () => {
    const call = { method: "eth_call", params: [{ to: pool.account, data: "nonsense" }, "latest"] };
    await expect(endpoints.request(call)).rejects.toThrow();
    expect(second.asked).toEqual([]);
    expect(states()).toEqual(["healthy", "untried"]);
  });

  it("tell when each has answered last, also with a refusal", async () => {
    first.refuse = { status: 502 };
    await endpoints.request(HEAD);
    const answered = () => endpoints.health().map(({ answeredAtMs }) => answeredAtMs);
    expect(answered()).toEqual([undefined, nowMs]);
    const before = nowMs;
    nowMs += 1_000;
    second.refuse = { status: 502 };
    await expect(endpoints.request(HEAD)).rejects.toThrow();
    expect(answered()).toEqual([undefined, before]);
    second.refuse = undefined;
    const call = { method: "eth_call", params: [{ to: pool.account, data: "nonsense" }, "latest"] };
    await expect(endpoints.request(call)).rejects.toThrow();
    expect(answered()).toEqual([undefined, nowMs]);
  });

  it("say that the chain cannot be reached when nobody answers", async () => {
    await Promise.all([first.stop(), second.stop()]);
    await expect(pool.client.getBlockNumber()).resolves.toBeDefined();
    await expect(endpoints.request(HEAD)).rejects.toThrow();
    expect(states()).toEqual(["unreachable", "unreachable"]);
  });
});
