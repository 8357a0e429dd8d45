import { generatePrivateKey } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { stakeFor, startLocalChain } from "../../../e2e/support/local-chain.ts";
import { fundTestAccount } from "../../../e2e/support/test-wallet.ts";
import { describeWallet } from "../../ports/acceptance/wallet.ts";
import { stakeRequest, type TransactionUpdate } from "../../ports/chain.ts";
import { Waits } from "../waits.ts";
import { accountOfKey, createKeyWallet, KEY_WALLET_ID, type KeyWalletRequest } from "./key-wallet.ts";

describeWallet("private key", async () => {
  const local = await startLocalChain();
  const privateKey = generatePrivateKey();
  const account = accountOfKey(privateKey);
  await fundTestAccount({ ...local.deployment, rpcUrl: local.network.rpcUrls[0] ?? "", account });
  let agrees = true;
  let asked = 0;
  const wallet = createKeyWallet({
    network: local.network,
    privateKey,
    agree: async ({ kind }) => {
      if (kind === "transaction") asked++;
      return agrees;
    },
  });
  return {
    wallet,
    chain: local.chain,
    newOperator: local.newOperator,
    setUserAgrees: (value) => {
      agrees = value;
    },
    timesAsked: () => asked,
    dispose: local.stop,
  };
});

describe("createKeyWallet", () => {
  it("asks the next URL when one does not answer, and says what it is about to sign", async () => {
    const local = await startLocalChain();
    const privateKey = generatePrivateKey();
    const account = accountOfKey(privateKey);
    await fundTestAccount({ ...local.deployment, rpcUrl: local.network.rpcUrls[0] ?? "", account });
    const network = { ...local.network, rpcUrls: ["http://127.0.0.1:9/", ...local.network.rpcUrls] };
    const requests: KeyWalletRequest[] = [];
    const agree = async (request: KeyWalletRequest) => {
      requests.push(request);
      return true;
    };
    const wallet = createKeyWallet({ network, privateKey, agree });
    await wallet.connect(KEY_WALLET_ID);
    const stakeWei = 120n * 10n ** 18n;
    await stakeFor(local, wallet, "3".repeat(64), stakeWei);
    expect((await local.chain.stakeOf("3".repeat(64)))?.stakeWei).toBe(stakeWei);
    expect(requests.map(({ summary }) => summary)).toEqual([
      "Use this account",
      expect.stringMatching(/^Let the staking contract \(0x.{40}\) take up to 120 PAR$/),
      expect.stringContaining("Stake 120 PAR"),
    ]);
    await local.stop();
  });

  it("waits for no receipt when the process ends: what was sent goes on, and nothing more is signed", async () => {
    const local = await startLocalChain();
    const privateKey = generatePrivateKey();
    const account = accountOfKey(privateKey);
    await fundTestAccount({ ...local.deployment, rpcUrl: local.network.rpcUrls[0] ?? "", account });
    const waits = new Waits();
    const wallet = createKeyWallet({
      network: { ...local.network, waits },
      privateKey,
      agree: async () => true,
    });
    await wallet.connect(KEY_WALLET_ID);
    const amountWei = 120n * 10n ** 18n;
    const nodeId = "4".repeat(64);
    const request = await stakeRequest(local.newOperator(), { nodeId, account, amountWei });
    // The first of its two transactions: nobody mines.
    await local.rpc("evm_setAutomine", [false]);
    const told: TransactionUpdate[] = [];
    const staking = wallet.stake(request, (update) => {
      told.push(update);
      if (update.state === "sent") waits.end();
    });
    await expect(staking).rejects.toMatchObject({ code: "aborted" });
    await expect(wallet.stake(request)).rejects.toMatchObject({ code: "aborted" });
    expect(told.map(({ state }) => state)).toEqual(["asking", "sent"]);
    await local.rpc("evm_mine");
    const sent = await local.rpc("eth_getTransactionCount", [account, "latest"]);
    expect(Number(sent)).toBe(1);
    await local.stop();
  });

  it.each(["0x", `0x${"0".repeat(64)}`, `0x${"f".repeat(64)}`, "0x1234"] as const)(
    "refuses %s as a key without repeating it",
    (privateKey) => {
      const refused = () => accountOfKey(privateKey);
      expect(refused).toThrow(expect.objectContaining({ code: "wallet-key" }));
    },
  );
});
