import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeGenesis, genesisCid } from "../src/core/artifacts/genesis.ts";
import type { GenesisModel } from "../src/core/genesis.ts";
import { type LocalNetwork, type LocalNetworkOptions, startLocalNetwork } from "./local-network.ts";

const facts: GenesisModel = {
  manifestCid: "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
  environmentCid: "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
  baseMetrics: { lossMicroNats: 2_000_000, accuracyPpm: 400_000 },
  rank: 2,
  tensors: [{ name: "layers.0.q", shape: [2, 8] }],
};

let folder: string;
let network: LocalNetwork;

function options(): LocalNetworkOptions {
  const dist = join(folder, "dist");
  return { dist, stateFolder: join(folder, "state"), port: 0, epochSeconds: 20, facts };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-network-"));
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist/index.html"), "<!doctype html><title>page</title>");
  network = await startLocalNetwork(options());
});

afterAll(async () => {
  await network.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function get(path: string): Promise<Response> {
  const response = await fetch(new URL(path, network.url));
  expect(response.status).toBe(200);
  return response;
}

async function blockNumber(): Promise<number> {
  const response = await fetch(network.rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}',
  });
  const { result } = await response.json();
  return Number(result);
}

describe("a local network", () => {
  test("serves its page isolated, so that the runtime may use threads", async () => {
    const response = await get("/");
    expect(await response.text()).toContain("<title>page</title>");
    expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  });

  test("serves the genesis that its CID names, and a readable copy", async () => {
    const bytes = new Uint8Array(await (await get("/genesis.cbor")).arrayBuffer());
    const genesis = decodeGenesis(bytes);
    expect(genesisCid(genesis)).toBe(network.genesisCid);
    expect(genesis.model).toEqual(facts);
    expect(genesis.parameters.phases.commitMs + genesis.parameters.phases.revealMs).toBe(10_000);
    expect((await (await get("/genesis.json")).json()).cid).toBe(network.genesisCid);
  });

  test("tells how it is reached", async () => {
    const { epochAnchor } = network.genesis.chain;
    expect(epochAnchor).toMatch(/^0x[0-9a-f]{40}$/);
    const file = await (await get("/network.json")).json();
    expect(file).toMatchObject({
      genesisCid: network.genesisCid,
      relays: network.relays,
      rpcUrls: [network.rpcUrl],
      chainId: 31_337,
      demoWallet: true,
    });
    expect(network.relays[0]).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\//);
  });

  test("a second start on the same state is refused while it runs", async () => {
    await expect(startLocalNetwork(options())).rejects.toThrow("running already");
  });

  test("the relay can go and come back under its address", async () => {
    const before = network.relays;
    await network.stopRelay();
    await network.startRelay();
    expect((await (await get("/network.json")).json()).relays).toEqual(before);
  });

  test("the chain can go and come back with its state", async () => {
    const blocks = await blockNumber();
    expect(blocks).toBeGreaterThanOrEqual(4);
    await network.stopChain();
    await expect(blockNumber()).rejects.toThrow();
    await network.startChain();
    expect(await blockNumber()).toBe(blocks);
  });

  test("after a stop it is the same network, after a fresh start another", async () => {
    const { genesisCid: first, relays, url, rpcUrl } = network;
    await network.stop();
    await expect(fetch(url)).rejects.toThrow();
    await expect(fetch(rpcUrl)).rejects.toThrow();

    network = await startLocalNetwork(options());
    expect(network.genesisCid).toBe(first);
    expect(network.relays[0]?.split("/p2p/")[1]).toBe(relays[0]?.split("/p2p/")[1]);
    await network.stop();

    network = await startLocalNetwork({ ...options(), fresh: true });
    expect(network.genesisCid).not.toBe(first);
  });
});

test("without a built page nothing is started", async () => {
  await expect(startLocalNetwork({ ...options(), dist: join(folder, "nothing") })).rejects.toThrow(
    "not built",
  );
});
