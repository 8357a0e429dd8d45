import { recoverMessageAddress, recoverTypedDataAddress } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  connectFirst,
  type LocalChain,
  stakeFor,
  startLocalChain,
} from "../../../e2e/support/local-chain.ts";
import type { Address } from "../../core/primitives.ts";
import { epochRootTypedData } from "../epoch-root.ts";
import { announceDemoWallet, DEMO_WALLET_NAME, type DemoWalletRequest } from "./demo-wallet.ts";
import { fillFromFaucet } from "./faucet.ts";
import type { Eip1193Provider } from "./provider.ts";
import { createWallet } from "./wallet.ts";

const TOKEN_WEI = 10n ** 18n;

describe("announceDemoWallet", () => {
  let local: LocalChain;
  let agrees: boolean;
  let requests: DemoWalletRequest[];
  beforeAll(async () => {
    local = await startLocalChain();
  });
  afterAll(() => local.stop());
  beforeEach(() => {
    agrees = true;
    requests = [];
  });

  it("gives a newcomer a wallet that can pay and stake, asking before each step", async () => {
    const { wallet } = newProfile();
    wallet.discover(([info]) => {
      expect(info).toMatchObject({ name: DEMO_WALLET_NAME, demo: true });
      expect(info?.icon).toMatch(/^data:image\/svg/);
    })();
    const account = await connectFirst(wallet);
    expect(await local.chain.tokenBalanceWei(account)).toBe(10_000n * TOKEN_WEI);
    const nodeId = "1".repeat(64);
    await stakeFor(local, wallet, nodeId, 150n * TOKEN_WEI);
    expect((await local.chain.stakeOf(nodeId))?.account).toBe(account);
    expect(requests.map((request) => request.kind)).toEqual(["connect", "transaction", "transaction"]);
    const { staking } = local.deployment;
    expect(requests[1]?.summary.toLowerCase()).toBe(
      `let the staking contract (${staking}) take up to 150 par`,
    );
    expect(requests[2]).toMatchObject({ account, to: local.deployment.staking, valueWei: 0n });
    expect(requests[2]?.summary).toContain("Stake 150 PAR for node 0x11111111");
  });

  it("keeps its account in the profile", async () => {
    const storage = memoryStorage();
    const first = await connectFirst(newProfile(storage).wallet);
    const second = await connectFirst(newProfile(storage).wallet);
    expect(second).toBe(first);
    expect(await connectFirst(newProfile().wallet)).not.toBe(first);
  });

  it("does nothing that the user refuses", async () => {
    const { wallet } = newProfile();
    agrees = false;
    const rejected = expect.objectContaining({ code: "wallet-rejected" });
    await expect(connectFirst(wallet)).rejects.toThrow(rejected);
    agrees = true;
    await connectFirst(wallet);
    agrees = false;
    const nodeId = "2".repeat(64);
    await expect(stakeFor(local, wallet, nodeId, 100n * TOKEN_WEI)).rejects.toThrow(rejected);
    expect(await local.chain.stakeOf(nodeId)).toBeUndefined();
  });

  it("fills several wallets at once from one faucet", async () => {
    const accounts = await Promise.all(Array.from({ length: 6 }, () => connectFirst(newProfile().wallet)));
    const balances = await Promise.all(accounts.map((account) => local.chain.tokenBalanceWei(account)));
    expect(balances).toEqual(accounts.map(() => 10_000n * TOKEN_WEI));
  });

  it("signs messages and typed data after asking", async () => {
    const { provider } = newProfile();
    const account = await accountOf(provider);
    const root = {
      epoch: 1,
      previousRoot: "1".repeat(64),
      stateRoot: "2".repeat(64),
      claimsRoot: "3".repeat(64),
      manifestDigest: "4".repeat(64),
      snapshotBlock: 5,
    };
    const typed = epochRootTypedData(local.deployment, root);
    const message = { ...typed.message, epoch: "1", snapshotBlock: "5" };
    const typedSignature = await provider.request({
      method: "eth_signTypedData_v4",
      params: [account, JSON.stringify({ ...typed, message })],
    });
    expect(await recoverTypedDataAddress({ ...typed, signature: asHex(typedSignature) })).toEqual(
      expect.stringMatching(new RegExp(account, "i")),
    );
    const raw = "0x68656c6c6f";
    const signature = await provider.request({ method: "personal_sign", params: [raw, account] });
    expect(await recoverMessageAddress({ message: { raw }, signature: asHex(signature) })).toEqual(
      expect.stringMatching(new RegExp(account, "i")),
    );
    expect(requests.map((request) => request.kind)).toEqual(["connect", "signature", "signature"]);
  });

  it("passes on reads and nothing else, and answers bad parameters with an error", async () => {
    const { provider } = newProfile();
    await accountOf(provider);
    expect(await provider.request({ method: "eth_chainId" })).toBe("0x7a69");
    for (const method of ["anvil_setBalance", "eth_sign", "eth_sendRawTransaction", "constructor"]) {
      await expect(provider.request({ method, params: [] })).rejects.toThrow(
        expect.objectContaining({ code: 4200 }),
      );
    }
    const switchTo = { method: "wallet_switchEthereumChain", params: [{ chainId: "0x1" }] };
    await expect(provider.request(switchTo)).rejects.toThrow(expect.objectContaining({ code: 4902 }));
    for (const params of [[], [{ from: local.deployment.faucet, to: local.deployment.token }], [7]]) {
      await expect(provider.request({ method: "eth_sendTransaction", params })).rejects.toThrow(
        expect.objectContaining({ code: -32_602 }),
      );
    }
    expect(requests.map((request) => request.kind)).toEqual(["connect"]);
  });

  it("exists on local chains only", () => {
    expect(() => announce({ chainId: 1 })).toThrow(
      expect.objectContaining({ code: "demo-wallet-not-local" }),
    );
  });

  function announce(change: { chainId?: number; target?: EventTarget; storage?: KeyValues }) {
    return announceDemoWallet({
      rpc: local.rpc,
      chainId: local.deployment.chainId,
      contracts: local.deployment,
      name: DEMO_WALLET_NAME,
      fill: (account) => fillFromFaucet(local.rpc, local.deployment, account),
      confirm: async (request) => {
        requests.push(request);
        return agrees;
      },
      target: new EventTarget(),
      storage: memoryStorage(),
      ...change,
    });
  }

  function newProfile(storage: KeyValues = memoryStorage()) {
    const target = new EventTarget();
    const announced: Eip1193Provider[] = [];
    target.addEventListener("eip6963:announceProvider", (event) => {
      if (event instanceof CustomEvent) announced.push(event.detail.provider);
    });
    announce({ target, storage });
    const [provider] = announced;
    if (provider === undefined) throw new Error("expected the demo wallet to announce itself");
    return { wallet: createWallet(local.network, target), provider };
  }
});

type KeyValues = Pick<Storage, "getItem" | "setItem">;

function memoryStorage(): KeyValues {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value);
    },
  };
}

async function accountOf(provider: Eip1193Provider): Promise<Address> {
  const accounts = await provider.request({ method: "eth_requestAccounts" });
  return asHex(Array.isArray(accounts) ? accounts[0] : undefined);
}

function asHex(value: unknown): `0x${string}` {
  if (typeof value !== "string" || !value.startsWith("0x")) throw new Error("expected hexadecimal");
  return `0x${value.slice(2)}`;
}
