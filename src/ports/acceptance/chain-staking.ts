import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stakeRequest, type Wallet } from "../chain.ts";
import type { ChainUnderTest } from "./chain-under-test.ts";
import { accountOf, entryOf, hash, type Staker } from "./stakers.ts";

const TOKEN_WEI = 10n ** 18n;
const STAKE_WEI = 100n * TOKEN_WEI;
const LOCK_SECONDS = 30;

const code = (value: string) => expect.objectContaining({ code: value });

/** Promises of delegations and locks: of the Chain port's reads, and of the Wallet port's writes. */
export function describeStaking(name: string, make: () => Promise<ChainUnderTest>): void {
  describe(`Chain, delegations and locks: ${name}`, () => {
    let subject: ChainUnderTest;
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(() => subject.dispose());

    it("says what it asks of whoever delegates or locks", async () => {
      const terms = await subject.chain.stakingTerms();
      // All of these tests stake so much; a network may ask for less.
      expect(terms.minimumStakeWei).toBeGreaterThan(0n);
      expect(terms.minimumStakeWei).toBeLessThanOrEqual(STAKE_WEI);
      expect(terms.minimumDelegationWei).toBe(TOKEN_WEI);
      expect(terms.unbondingMs).toBeGreaterThan(0);
      expect(terms.maximumLockMs).toBeGreaterThan(0);
    });

    it("shows the nodes that can be delegated to, of the newest block, and nothing of an account that has nothing", async () => {
      const account = accountOf(await subject.newWallet());
      expect(await subject.chain.stakeHoldings(account)).toMatchObject({
        nodes: [],
        delegations: [],
        unbonding: [],
      });
      const [c, a] = [await stake("c"), await stake("a")];
      const { block, nodes, delegations } = await subject.chain.stakeHoldings(account);
      const { blockNumber, timestampMs } = await subject.chain.head();
      expect(nodes).toEqual([entryOf(a, STAKE_WEI), entryOf(c, STAKE_WEI)]);
      expect(delegations).toEqual([]);
      expect(block).toEqual({
        number: blockNumber,
        timestampMs,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    });

    it("adds what is delegated to the node's weight, and shows whose it is", async () => {
      const { nodeId } = await stake("a");
      const other = await stake("b");
      const { wallet, account } = await delegate(nodeId, 7n);
      const balanceWei = await subject.chain.tokenBalanceWei(account);
      await wallet.delegate({ nodeId, amountWei: 5n * TOKEN_WEI });
      const { nodes, delegations } = await subject.chain.stakeHoldings(account);
      expect(nodes.map((node) => node.delegatedWei)).toEqual([12n * TOKEN_WEI, 0n]);
      expect(delegations).toEqual([
        { nodeId, shares: 12n * TOKEN_WEI, amountWei: 12n * TOKEN_WEI, state: "counts" },
      ]);
      expect(await subject.chain.tokenBalanceWei(account)).toBe(balanceWei - 5n * TOKEN_WEI);
      expect((await subject.chain.stakeOf(nodeId))?.delegatedWei).toBe(12n * TOKEN_WEI);
      expect((await subject.chain.stakeHoldings(other.account)).delegations).toEqual([]);
    });

    it("keeps what is delegated and the lock when the node's own stake changes", async () => {
      const { nodeId, wallet, account, operator } = await stake("a");
      await delegate(nodeId, 7n);
      const untilSeconds = await lockEnd();
      await wallet.lock({ nodeId, untilSeconds });
      await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: TOKEN_WEI }));
      expect(await subject.chain.stakeOf(nodeId)).toMatchObject({
        stakeWei: STAKE_WEI + TOKEN_WEI,
        delegatedWei: 7n * TOKEN_WEI,
        lockedUntilMs: untilSeconds * 1_000,
      });
    });

    it("refuses to delegate too little, more than there is, or to a node that nobody stakes for", async () => {
      const { nodeId } = await stake("a");
      const wallet = await subject.newWallet();
      const tooMuchWei = (await subject.chain.tokenBalanceWei(accountOf(wallet))) + 1n;
      for (const [request, problem] of [
        [{ nodeId, amountWei: TOKEN_WEI - 1n }, "reverted"],
        [{ nodeId, amountWei: 0n }, "reverted"],
        [{ nodeId: hash("b"), amountWei: TOKEN_WEI }, "reverted"],
        [{ nodeId, amountWei: tooMuchWei }, "insufficient-funds"],
      ] as const) {
        await expect(wallet.delegate(request)).rejects.toThrow(code(problem));
      }
      expect((await subject.chain.stakeHoldings(accountOf(wallet))).delegations).toEqual([]);
    });

    it("takes a delegation out at once and pays it back when it has unbonded", async () => {
      const { nodeId } = await stake("a");
      const { wallet, account } = await delegate(nodeId, 7n);
      const balanceWei = await subject.chain.tokenBalanceWei(account);
      await wallet.undelegate({ nodeId, shares: 3n * TOKEN_WEI });
      const held = await subject.chain.stakeHoldings(account);
      expect(held.nodes[0]?.delegatedWei).toBe(4n * TOKEN_WEI);
      expect(held.delegations[0]).toMatchObject({ shares: 4n * TOKEN_WEI, state: "counts" });
      expect(held.unbonding).toEqual([
        { nodeId, amountWei: 3n * TOKEN_WEI, withdrawableAtMs: expect.any(Number) },
      ]);
      expect(held.unbonding[0]?.withdrawableAtMs).toBeGreaterThan(held.block.timestampMs);
      expect(await subject.chain.unbondingOf(account)).toEqual(held.unbonding);
      await expect(wallet.withdraw()).rejects.toThrow(code("reverted"));

      await subject.passUnbonding();
      await wallet.withdraw();
      expect(await subject.chain.tokenBalanceWei(account)).toBe(balanceWei + 3n * TOKEN_WEI);
      expect((await subject.chain.stakeHoldings(account)).unbonding).toEqual([]);
      await wallet.undelegate({ nodeId, shares: 4n * TOKEN_WEI });
      expect((await subject.chain.stakeHoldings(account)).delegations).toEqual([]);
      expect((await subject.chain.stakeOf(nodeId))?.delegatedWei).toBe(0n);
    });

    it("refuses to take out nothing, more than there is, or all but too little; and what is another's", async () => {
      const { nodeId, wallet: staker } = await stake("a");
      const { wallet } = await delegate(nodeId, 7n);
      for (const shares of [0n, 7n * TOKEN_WEI + 1n, 7n * TOKEN_WEI - 1n, TOKEN_WEI - 1n]) {
        await expect(wallet.undelegate({ nodeId, shares })).rejects.toThrow(code("reverted"));
      }
      const all = { nodeId, shares: 7n * TOKEN_WEI };
      await expect(staker.undelegate(all)).rejects.toThrow(code("reverted"));
      expect((await subject.chain.stakeOf(nodeId))?.delegatedWei).toBe(7n * TOKEN_WEI);
    });

    it("says that a delegation no longer counts when its node has left or has another owner, and lets it out", async () => {
      const { nodeId, wallet: owner } = await stake("a");
      const { wallet, account } = await delegate(nodeId, 7n);
      const stateNow = async () => (await subject.chain.stakeHoldings(account)).delegations[0]?.state;
      await owner.unstake({ nodeId, amountWei: STAKE_WEI });
      expect(await stateNow()).toBe("node-left");
      await expect(wallet.delegate({ nodeId, amountWei: TOKEN_WEI })).rejects.toThrow(code("reverted"));

      await subject.passUnbonding();
      await stake("a", await subject.newWallet());
      expect((await subject.chain.stakeOf(nodeId))?.delegatedWei).toBe(0n);
      // Others' delegations to the new owner hide nothing.
      await delegate(nodeId, 50n);
      expect(await stateNow()).toBe("former-owner");
      await expect(wallet.delegate({ nodeId, amountWei: TOKEN_WEI })).rejects.toThrow(code("reverted"));
      await wallet.undelegate({ nodeId, shares: 7n * TOKEN_WEI });
      expect((await subject.chain.stakeOf(nodeId))?.delegatedWei).toBe(50n * TOKEN_WEI);
      expect((await subject.chain.stakeHoldings(account)).unbonding).toHaveLength(1);
    });

    it("counts a delegation again when the same account comes back with the node", async () => {
      const { nodeId, wallet: owner } = await stake("a");
      const { account } = await delegate(nodeId, 7n);
      await owner.unstake({ nodeId, amountWei: STAKE_WEI });
      await stake("a", owner);
      expect((await subject.chain.stakeOf(nodeId))?.delegatedWei).toBe(7n * TOKEN_WEI);
      expect((await subject.chain.stakeHoldings(account)).delegations[0]?.state).toBe("counts");
    });

    it("keeps a locked stake in until the lock ends, and lets delegations out meanwhile", async () => {
      const { nodeId, wallet, account } = await stake("a");
      const delegator = await delegate(nodeId, 7n);
      const untilSeconds = await lockEnd();
      await wallet.lock({ nodeId, untilSeconds });
      const held = await subject.chain.stakeHoldings(account);
      expect(held.nodes[0]).toMatchObject({ account, lockedUntilMs: untilSeconds * 1_000 });
      await expect(wallet.unstake({ nodeId, amountWei: STAKE_WEI })).rejects.toThrow(code("reverted"));
      await delegator.wallet.undelegate({ nodeId, shares: 7n * TOKEN_WEI });

      await subject.passUnbonding();
      await wallet.unstake({ nodeId, amountWei: STAKE_WEI });
      expect(await subject.chain.stakeOf(nodeId)).toBeUndefined();
    });

    it("makes a lock longer, never shorter, not in the past and not too long, and for its own account only", async () => {
      const { nodeId, wallet } = await stake("a");
      const untilSeconds = await lockEnd();
      const { maximumLockMs } = await subject.chain.stakingTerms();
      await wallet.lock({ nodeId, untilSeconds });
      for (const wrong of [
        0,
        untilSeconds - 10,
        untilSeconds,
        untilSeconds + maximumLockMs / 1_000 + 3_600,
      ]) {
        await expect(wallet.lock({ nodeId, untilSeconds: wrong })).rejects.toThrow(code("reverted"));
      }
      const later = { nodeId, untilSeconds: untilSeconds + 10 };
      const stranger = await subject.newWallet();
      await expect(stranger.lock(later)).rejects.toThrow(code("reverted"));
      await wallet.lock(later);
      expect((await subject.chain.stakeOf(nodeId))?.lockedUntilMs).toBe((untilSeconds + 10) * 1_000);
    });

    it("says that the chain is unreachable", async () => {
      const { nodeId, wallet, account } = await stake("a");
      await subject.unplug();
      const unreachable = code("chain-unreachable");
      await expect(subject.chain.stakingTerms()).rejects.toThrow(unreachable);
      await expect(subject.chain.stakeHoldings(account)).rejects.toThrow(unreachable);
      await expect(wallet.delegate({ nodeId, amountWei: TOKEN_WEI })).rejects.toThrow(unreachable);
    });

    async function stake(digit: string, wallet?: Wallet): Promise<Staker> {
      const payer = wallet ?? (await subject.newWallet());
      const [nodeId, account, operator] = [hash(digit), accountOf(payer), subject.newOperator()];
      await payer.stake(await stakeRequest(operator, { nodeId, account, amountWei: STAKE_WEI }));
      return { nodeId, wallet: payer, account, operator };
    }

    async function delegate(nodeId: string, tokens: bigint) {
      const wallet = await subject.newWallet();
      await wallet.delegate({ nodeId, amountWei: tokens * TOKEN_WEI });
      return { wallet, account: accountOf(wallet) };
    }

    /** Soon, and before all that unbonds now can be withdrawn. */
    async function lockEnd(): Promise<number> {
      const { timestampMs } = await subject.chain.head();
      return Math.ceil(timestampMs / 1_000) + LOCK_SECONDS;
    }
  });
}
