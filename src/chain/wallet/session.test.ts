import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectFirst, type LocalChain, startLocalChain } from "../../../e2e/support/local-chain.ts";
import { scriptedWallet } from "../../../e2e/support/scripted-wallet.ts";
import { stakeRequest, type TransactionUpdate } from "../../ports/chain.ts";
import { ProviderError } from "./provider.ts";
import { createWallet } from "./wallet.ts";

const NODE = "8".repeat(64);
const TOKEN_WEI = 10n ** 18n;

describe("a wallet whose user changes things while it asks", () => {
  let local: LocalChain;
  beforeAll(async () => {
    local = await startLocalChain();
  });
  afterAll(() => local.stop());

  it("tells a change of account and chain, and the transaction stays that of the account it was asked for", async () => {
    const scripted = await scriptedWallet(local);
    const wallet = createWallet(local.network, scripted.page);
    const account = await connectFirst(wallet);
    const updates: TransactionUpdate[] = [];
    scripted.before("eth_sendTransaction", async () => {
      if (updates.filter(({ state }) => state === "sent").length === 1) {
        scripted.emit("accountsChanged", [local.deployment.faucet]);
        scripted.emit("chainChanged", "0x1");
      }
    });
    const wanted = { nodeId: NODE, account, amountWei: 100n * TOKEN_WEI };
    const request = await stakeRequest(local.newOperator(), wanted);
    await wallet.stake(request, (update) => updates.push(update));
    const changes = updates.flatMap((update) => (update.state === "asking" ? [update.changed] : []));
    expect(changes).toEqual([undefined, undefined, "account", "chain"]);
    expect((await local.chain.stakeOf(NODE))?.account).toBe(account);
    expect(wallet.account()).toBe(local.deployment.faucet.toLowerCase());
  });

  it("tells who listens which account its user has chosen, and that none is left, and nothing after the end", async () => {
    const scripted = await scriptedWallet(local);
    const wallet = createWallet(local.network, scripted.page);
    const account = await connectFirst(wallet);
    const told: (string | undefined)[] = [];
    wallet.onAccount((chosen) => told.push(chosen));
    const other = local.deployment.faucet;
    for (const accounts of [[account], [other], []]) scripted.emit("accountsChanged", accounts);
    expect(told).toEqual([other.toLowerCase(), undefined]);
    expect(wallet.account()).toBeUndefined();
    scripted.emit("accountsChanged", [account]);
    expect(told).toHaveLength(2);
  });

  it("asks no second question of another account than the first", async () => {
    const scripted = await scriptedWallet(local);
    const wallet = createWallet(local.network, scripted.page);
    const account = await connectFirst(wallet);
    scripted.before("eth_sendTransaction", async () =>
      scripted.emit("accountsChanged", [local.deployment.faucet]),
    );
    const wanted = { nodeId: "9".repeat(64), account, amountWei: 100n * TOKEN_WEI };
    const request = await stakeRequest(local.newOperator(), wanted);
    await expect(wallet.stake(request)).rejects.toMatchObject({ data: { code: "wallet-account-changed" } });
    expect(scripted.asked("eth_sendTransaction")).toBe(1);
    expect(await local.chain.stakeOf("9".repeat(64))).toBeUndefined();
  });

  it("names the chain that the transaction is for, so that a wallet on another one refuses", async () => {
    const scripted = await scriptedWallet(local);
    const wallet = createWallet(local.network, scripted.page);
    const account = await connectFirst(wallet);
    const seen: unknown[] = [];
    scripted.before("eth_sendTransaction", async (params) => void seen.push(params[0]));
    const wanted = { nodeId: "7".repeat(64), account, amountWei: 100n * TOKEN_WEI };
    const request = await stakeRequest(local.newOperator(), wanted);
    await wallet.stake(request);
    expect(seen).toEqual([
      expect.objectContaining({ chainId: "0x7a69" }),
      expect.objectContaining({ chainId: "0x7a69" }),
    ]);
  });

  it("asks its user to switch by hand where the wallet knows no such request", async () => {
    const scripted = await scriptedWallet(local);
    scripted.before("eth_chainId", async () => "0x5");
    scripted.before("wallet_switchEthereumChain", async () => {
      throw new ProviderError(4200, "unsupported");
    });
    const wallet = createWallet(local.network, scripted.page);
    await expect(connectFirst(wallet)).rejects.toMatchObject({
      data: { code: "wallet-wrong-chain", expected: "31337", received: "5" },
    });
    expect(scripted.listeners()).toBe(0);
  });

  it("says that the wallet is busy with an earlier question, and does not hang", async () => {
    const scripted = await scriptedWallet(local);
    scripted.before("eth_requestAccounts", async () => {
      throw new ProviderError(-32002, "Request already pending");
    });
    const wallet = createWallet(local.network, scripted.page);
    await expect(connectFirst(wallet)).rejects.toMatchObject({ data: { code: "wallet-busy" } });
  });
});
