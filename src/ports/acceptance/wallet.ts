import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recoverOperator } from "../../core/epoch/root.ts";
import { personalMessageDigest } from "../../core/identity-link.ts";
import type { Address, Hash } from "../../core/primitives.ts";
import type { Chain, Operator, StakeRequest, TransactionUpdate, Wallet, WalletInfo } from "../chain.ts";
import { stakeRequest } from "../chain.ts";

export interface WalletUnderTest {
  /** Not connected; at least one wallet has announced itself, with an account that holds at least 1,000 tokens. */
  readonly wallet: Wallet;
  readonly chain: Chain;
  newOperator(): Operator;
  /** What the user answers from now on. */
  setUserAgrees(agrees: boolean): void;
  /** How often the user has been asked for a transaction. */
  timesAsked(): number;
  dispose(): Promise<void>;
}

const TOKEN_WEI = 10n ** 18n;
const NOBODY: Address = `0x${"0".repeat(40)}`;
const NODE: Hash = "7".repeat(64);
const code = (value: string) => expect.objectContaining({ code: value });

/** Promises of the Wallet port. */
export function describeWallet(name: string, make: () => Promise<WalletUnderTest>): void {
  describe(`Wallet: ${name}`, () => {
    let subject: WalletUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("tells which wallets are there, at once, until asked to stop", () => {
      const heard: (readonly WalletInfo[])[] = [];
      const stop = subject.wallet.discover((wallets) => heard.push(wallets));
      expect(heard[0]?.length).toBeGreaterThan(0);
      expect(heard[0]?.[0]?.name).not.toBe("");
      stop();
    });

    it("connects, says so to its listeners, and disconnects", async () => {
      const accounts: (Address | undefined)[] = [];
      const stop = subject.wallet.onAccount((account) => accounts.push(account));
      const account = await connect();
      expect(account).toMatch(/^0x[0-9a-f]{40}$/);
      expect(subject.wallet.account()).toBe(account);
      subject.wallet.disconnect();
      expect(subject.wallet.account()).toBeUndefined();
      expect(accounts).toEqual([account, undefined]);
      stop();
      await connect();
      expect(accounts.length).toBe(2);
    });

    it("refuses an unknown wallet, and a write without one", async () => {
      await expect(subject.wallet.connect("nobody")).rejects.toThrow(code("wallet-not-found"));
      await expect(subject.wallet.stake(await request(TOKEN_WEI))).rejects.toThrow(code("wallet-needed"));
    });

    it("tells a transaction step by step", async () => {
      await connect();
      const updates: TransactionUpdate[] = [];
      const transaction = await subject.wallet.stake(await request(100n * TOKEN_WEI), (update) =>
        updates.push(update),
      );
      const states = updates.map((update) => update.state);
      expect(states.slice(0, 2)).toEqual(["asking", "sent"]);
      expect(updates[0]).toMatchObject({
        request: {
          account: subject.wallet.account(),
          summary: expect.stringMatching(/./),
          nextNonce: expect.any(Number),
          blockNumber: expect.any(Number),
        },
      });
      expect(updates.at(-1)).toEqual({ state: "confirmed", transaction, blockNumber: expect.any(Number) });
      expect(states.filter((state) => state === "confirmed").length).toBe(1);
      expect((await subject.chain.stakeOf(NODE))?.account).toBe(subject.wallet.account());
    });

    it("says that the user refused to connect", async () => {
      subject.setUserAgrees(false);
      await expect(connect()).rejects.toThrow(code("wallet-rejected"));
      expect(subject.wallet.account()).toBeUndefined();
    });

    it("loses nothing when the user refuses a transaction, and can be asked again", async () => {
      const account = await connect();
      const balanceWei = await subject.chain.tokenBalanceWei(account);
      subject.setUserAgrees(false);
      await expect(subject.wallet.stake(await request(100n * TOKEN_WEI))).rejects.toThrow(
        code("wallet-rejected"),
      );
      expect(await subject.chain.tokenBalanceWei(account)).toBe(balanceWei);
      expect(await subject.chain.stakeOf(NODE)).toBeUndefined();
      subject.setUserAgrees(true);
      await subject.wallet.stake(await request(100n * TOKEN_WEI));
      expect((await subject.chain.stakeOf(NODE))?.stakeWei).toBe(100n * TOKEN_WEI);
    });

    it("does not ask for what would fail", async () => {
      const account = await connect();
      const tooMuchWei = (await subject.chain.tokenBalanceWei(account)) + 1n;
      await expect(subject.wallet.stake(await request(tooMuchWei))).rejects.toThrow(
        code("insufficient-funds"),
      );
      const claim = { epoch: 0, account, cumulativeWei: 1n, proof: [] };
      await expect(subject.wallet.claim(claim)).rejects.toThrow(code("reverted"));
      expect(subject.timesAsked()).toBe(0);
    });

    it("signs a text with the account's key, and says when the user refused or no wallet is connected", async () => {
      const text = "Parley: a text of two lines\nand a ü";
      await expect(subject.wallet.signText(text)).rejects.toThrow(code("wallet-needed"));
      const account = await connect();
      const signature = await subject.wallet.signText(text);
      expect(signature).toMatch(/^[0-9a-f]{128}(1b|1c)$/);
      expect(recoverOperator(personalMessageDigest(text), signature)).toBe(account);
      subject.setUserAgrees(false);
      await expect(subject.wallet.signText(text)).rejects.toThrow(code("wallet-rejected"));
    });

    async function connect(): Promise<Address> {
      let first: WalletInfo | undefined;
      subject.wallet.discover((wallets) => {
        first ??= wallets[0];
      })();
      if (first === undefined) throw new Error("expected an announced wallet");
      return subject.wallet.connect(first.id);
    }

    async function request(amountWei: bigint): Promise<StakeRequest> {
      const account = subject.wallet.account() ?? NOBODY;
      return stakeRequest(subject.newOperator(), { nodeId: NODE, account, amountWei });
    }
  });
}
