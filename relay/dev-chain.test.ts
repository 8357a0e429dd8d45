import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectFirst } from "../e2e/support/local-chain.ts";
import { fundTestAccount, testPage } from "../e2e/support/test-wallet.ts";
import { createChain } from "../src/chain/chain.ts";
import { createLocalRpc } from "../src/chain/wallet/local-rpc.ts";
import { createWallet } from "../src/chain/wallet/wallet.ts";
import { contractsDigest, type DevChain, deployContracts, startDevChain } from "./dev-chain.ts";

const ACCOUNT = "0x00000000000000000000000000000000000a11ce";
const STAKE_WEI = 100n * 10n ** 18n;

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
    await wallet.stake({ nodeId, operator: ACCOUNT, amountWei: STAKE_WEI });
    const staked = await createChain(network).head();
    await rpc("evm_increaseTime", [10]);
    await wallet.stake({ nodeId, operator: ACCOUNT, amountWei: STAKE_WEI });
    const before = await createChain(network).registryAt(staked.timestampMs);
    await first.stop();

    const second = await start();
    expect(await deployContracts({ rpcUrl: second.rpcUrl })).toEqual(deployment);
    const chain = createChain({ rpcUrls: [second.rpcUrl], chain: deployment });
    expect((await chain.stakeOf(nodeId))?.stakeWei).toBe(2n * STAKE_WEI);
    expect(before.entries).toEqual([
      { nodeId, operator: ACCOUNT, account: ACCOUNT, stakeWei: STAKE_WEI, lockedUntilMs: 0 },
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
  it("refuses a deployer whose nonces are spent, as the addresses would differ", async () => {
    const chain = await startDevChain();
    try {
      const rpc = createLocalRpc(chain.rpcUrl);
      const from = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
      for (let sent = 0; sent < 4; sent++) await rpc("eth_sendTransaction", [{ from, to: from }]);
      await expect(deployContracts({ rpcUrl: chain.rpcUrl })).rejects.toThrow(
        expect.objectContaining({ code: "deployer-used" }),
      );
    } finally {
      await chain.stop();
    }
  });

  it("names its bytecode by a digest", () => {
    expect(contractsDigest()).toMatch(/^[0-9a-f]{64}$/);
  });
});
