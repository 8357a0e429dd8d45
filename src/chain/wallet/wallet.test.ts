import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectFirst,
  type LocalChain,
  stakeFor,
  startLocalChain,
} from "../../../e2e/support/local-chain.ts";
import { describeWallet } from "../../ports/acceptance/wallet.ts";

describeWallet("EIP-1193 provider found by EIP-6963", async () => {
  const local = await startLocalChain();
  const { page, wallet } = await local.newPage();
  return {
    wallet,
    chain: local.chain,
    newOperator: local.newOperator,
    setUserAgrees: (agrees) => {
      page.__testWallet.mode = agrees ? "accept" : "reject";
    },
    timesAsked: () => page.__testWallet.asked,
    dispose: local.stop,
  };
});

describe("createWallet", () => {
  const NODE = "5".repeat(64);
  const STAKE_WEI = 100n * 10n ** 18n;
  let local: LocalChain;
  beforeAll(async () => {
    local = await startLocalChain();
  });
  afterAll(() => local.stop());

  it("moves a wallet from another chain, adding the network's chain when it is unknown", async () => {
    const { page, wallet } = await local.newPage();
    page.__testWallet.chainId = 1;
    page.__testWallet.knownChains = [1];
    await connectFirst(wallet);
    expect(page.__testWallet.chainId).toBe(local.deployment.chainId);
  });

  it("moves the wallet back when it has left the chain before a transaction", async () => {
    const { page, wallet } = await local.newPage();
    await connectFirst(wallet);
    page.__testWallet.chainId = 1;
    await stakeFor(local, wallet, NODE, STAKE_WEI);
    expect(page.__testWallet.chainId).toBe(local.deployment.chainId);
  });

  it("asks twice for a first stake (approval, stake) and names the contract's error otherwise", async () => {
    const { page, wallet } = await local.newPage();
    const account = await connectFirst(wallet);
    await stakeFor(local, wallet, "6".repeat(64), STAKE_WEI);
    expect(page.__testWallet.asked).toBe(2);
    const claim = wallet.claim({ epoch: 3, account, cumulativeWei: 1n, proof: [] });
    await expect(claim).rejects.toThrow(
      expect.objectContaining({
        data: expect.objectContaining({ code: "reverted", received: "EpochNotFinal(3)" }),
      }),
    );
  });

  it("ignores announcements that are not wallets", async () => {
    const { page, wallet } = await local.newPage();
    for (const detail of [
      null,
      { info: {} },
      { info: { uuid: "x", name: "x", icon: "", rdns: "" }, provider: 1 },
    ]) {
      page.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    }
    wallet.discover((wallets) => expect(wallets.map((info) => info.name)).toEqual(["Test wallet"]))();
  });
});
