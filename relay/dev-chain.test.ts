import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectFirst } from "../e2e/support/local-chain.ts";
import { fundTestAccount, testPage } from "../e2e/support/test-wallet.ts";
import { createChain } from "../src/chain/chain.ts";
import { createOperator } from "../src/chain/operator.ts";
import { createLocalRpc } from "../src/chain/wallet/local-rpc.ts";
import { createWallet } from "../src/chain/wallet/wallet.ts";
import { stakeRequest } from "../src/ports/chain.ts";
import { contractsDigest, type DevChain, deployContracts, startDevChain } from "./dev-chain.ts";

const ACCOUNT = "0x00000000000000000000000000000000000a11ce";
const STAKE_WEI = 100n * 10n ** 18n;

/** Holds a port, and answers nothing that a chain would. */
async function holdPort() {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, port: address.port };
}

describe("startDevChain", () => {
  let folder: string;
  let running: DevChain[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-chain-"));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((chain) => chain.stop()));
    await rm(folder, { recursive: true });
  });

  async function start(port = 0): Promise<DevChain> {
    const chain = await startDevChain({ stateFile: join(folder, "deep", "state.json"), port });
    running.push(chain);
    return chain;
  }

  it("calls a port taken that another program holds, also when that is no chain", async () => {
    const { server, port } = await holdPort();
    await expect(start(port)).rejects.toMatchObject({ code: "port-taken" });
    await new Promise((resolve) => server.close(resolve));
  });

  it("keeps contracts, stakes and their history over a restart, at the same addresses", async () => {
    const first = await start();
    const deployment = await deployContracts({ rpcUrl: first.rpcUrl });
    await fundTestAccount({ ...deployment, rpcUrl: first.rpcUrl, account: ACCOUNT });
    const network = { rpcUrls: [first.rpcUrl], chain: deployment };
    const wallet = createWallet(network, testPage({ ...deployment, rpcUrl: first.rpcUrl, account: ACCOUNT }));
    await connectFirst(wallet);
    const rpc = createLocalRpc(first.rpcUrl);
    await rpc("evm_increaseTime", [10]);
    const nodeId = "a".repeat(64);
    const operator = createOperator(new Uint8Array(32).fill(1), deployment);
    const more = await stakeRequest(operator, { nodeId, account: ACCOUNT, amountWei: STAKE_WEI });
    await wallet.stake(more);
    const staked = await createChain(network).head();
    await rpc("evm_increaseTime", [10]);
    await wallet.stake(more);
    const before = await createChain(network).registryAt(staked.timestampMs);
    await first.stop();

    const second = await start();
    expect(await deployContracts({ rpcUrl: second.rpcUrl })).toEqual(deployment);
    const chain = createChain({ rpcUrls: [second.rpcUrl], chain: deployment });
    expect((await chain.stakeOf(nodeId))?.stakeWei).toBe(2n * STAKE_WEI);
    expect(before.entries).toEqual([
      {
        nodeId,
        operator: operator.address,
        account: ACCOUNT,
        stakeWei: STAKE_WEI,
        delegatedWei: 0n,
        lockedUntilMs: 0,
      },
    ]);
    expect(await chain.registryAt(staked.timestampMs)).toEqual(before);
  });

  it("says that its port is taken instead of speaking to a stranger's chain", async () => {
    const first = await start();
    await expect(start(first.port)).rejects.toThrow(expect.objectContaining({ code: "port-taken" }));
  });

  it("ends its process at stop", async () => {
    const chain = await start();
    await chain.stop();
    await expect(fetch(chain.rpcUrl)).rejects.toThrow();
  });
});

describe("deployContracts", () => {
  it("gives the same addresses whatever the deployer sent before", async () => {
    const [chain, used] = await Promise.all([startDevChain(), startDevChain()]);
    try {
      const from = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
      await createLocalRpc(used.rpcUrl)("eth_sendTransaction", [{ from, to: from }]);
      const first = await deployContracts({ rpcUrl: chain.rpcUrl });
      expect(await deployContracts({ rpcUrl: used.rpcUrl })).toEqual(first);
      const other = await deployContracts({ rpcUrl: used.rpcUrl, challengeSeconds: 60 });
      expect(other.token).not.toBe(first.token);
    } finally {
      await Promise.all([chain.stop(), used.stop()]);
    }
  });

  it("names its bytecode by a digest", () => {
    expect(contractsDigest()).toMatch(/^[0-9a-f]{64}$/);
  });
});
