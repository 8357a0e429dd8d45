import { describe, expect, it } from "vitest";
import { MemoryChain } from "../../../sim/adapters/chain/chain.ts";
import { createMemoryOperator } from "../../../sim/adapters/chain/operator.ts";
import { MemoryWallet } from "../../../sim/adapters/chain/wallet.ts";
import { ManualClock } from "../../../sim/adapters/clock.ts";
import { SeededRandom } from "../../../sim/adapters/random.ts";
import { makeGenesis } from "../../../vectors/lib/world.ts";
import type { Address } from "../../core/primitives.ts";
import { stakeRequest } from "../../ports/chain.ts";
import { Stakes, sharesOf } from "./stakes.ts";

const TOKEN_WEI = 10n ** 18n;
const NODE = "a".repeat(64);
const EMPTY = "b".repeat(64);
const OWNER: Address = `0x${"11".repeat(20)}`;
const DELEGATOR: Address = `0x${"22".repeat(20)}`;

/** A node with a stake, and somebody with tokens. */
async function start() {
  const clock = new ManualClock(1_800_000_000_000);
  const contracts = makeGenesis().chain;
  const chain = new MemoryChain({ clock, contracts, minimumStakeWei: TOKEN_WEI });
  for (const account of [OWNER, DELEGATOR]) chain.fund(account, 1_000n * TOKEN_WEI);
  const [owner, wallet] = [new MemoryWallet(chain, OWNER), new MemoryWallet(chain, DELEGATOR)];
  await owner.connect("memory-wallet");
  await wallet.connect("memory-wallet");
  const operator = createMemoryOperator(new SeededRandom("operator").bytes(32), contracts);
  await owner.stake(
    await stakeRequest(operator, { nodeId: NODE, account: OWNER, amountWei: 100n * TOKEN_WEI }),
  );
  const stakes = new Stakes({ chain, wallet: () => wallet });
  return { clock, chain, owner, wallet, stakes };
}

const code = (value: string) => expect.objectContaining({ code: value });

describe("Stakes", () => {
  it("delegates to a node as it was pasted, and takes it back by the amount", async () => {
    const { chain, stakes } = await start();
    await stakes.look(DELEGATOR);
    await stakes.delegate(` 0x${NODE.toUpperCase()} `, 7n * TOKEN_WEI);
    expect((await chain.stakeOf(NODE))?.delegatedWei).toBe(7n * TOKEN_WEI);
    await stakes.look(DELEGATOR);
    expect(stakes.shown.value.holdings?.delegations).toHaveLength(1);
    await stakes.undelegate(NODE, 3n * TOKEN_WEI);
    expect((await chain.stakeOf(NODE))?.delegatedWei).toBe(4n * TOKEN_WEI);
  });

  it("asks the wallet for nothing that is no node, or that nobody stakes for, or that is not delegated", async () => {
    const { wallet, stakes } = await start();
    await stakes.look(DELEGATOR);
    await expect(stakes.delegate("12D3KooW", TOKEN_WEI)).rejects.toThrow(code("node-id"));
    await expect(stakes.delegate(EMPTY, TOKEN_WEI)).rejects.toThrow(code("node-not-staked"));
    await expect(stakes.undelegate(NODE, TOKEN_WEI)).rejects.toThrow(code("not-delegated"));
    expect(wallet.timesAsked).toBe(0);
  });

  it("locks to the whole second before the end that was asked for", async () => {
    const { clock, chain, owner } = await start();
    const stakes = new Stakes({ chain, wallet: () => owner });
    await stakes.lock(NODE, clock.nowMs() + 86_400_999);
    expect((await chain.stakeOf(NODE))?.lockedUntilMs).toBe(clock.nowMs() + 86_400_000);
  });

  it("goes on showing what was read when the chain is away, and says so", async () => {
    const { chain, stakes } = await start();
    await stakes.look(DELEGATOR);
    const { holdings } = stakes.shown.value;
    chain.reachable = false;
    await stakes.look(DELEGATOR);
    expect(stakes.shown.value).toMatchObject({ holdings, error: { code: "chain-unreachable" } });
    chain.reachable = true;
    await stakes.look(DELEGATOR);
    expect(stakes.shown.value.error).toBeUndefined();
  });

  it("shows nothing of one account to another, and reads nothing before somebody looks", async () => {
    const { stakes } = await start();
    await stakes.lookAgain(DELEGATOR);
    expect(stakes.shown.value).toEqual({ account: undefined });
    await stakes.look(DELEGATOR);
    const looking = stakes.look(OWNER);
    expect(stakes.shown.value).toEqual({ account: OWNER });
    await looking;
    expect(stakes.shown.value.holdings).toBeDefined();
    await stakes.look(undefined);
    expect(stakes.shown.value).toEqual({ account: undefined });
  });
});

describe("sharesOf", () => {
  const slashed = { nodeId: NODE, shares: 10n, amountWei: 7n, state: "counts" } as const;

  it("is all shares for all that they are worth, or more", () => {
    expect([sharesOf(slashed, 7n), sharesOf(slashed, 8n)]).toEqual([10n, 10n]);
  });

  it("is worth no less than the amount, also after a slash, and never more than there is", () => {
    for (let amountWei = 1n; amountWei < 7n; amountWei++) {
      const shares = sharesOf(slashed, amountWei);
      expect((shares * slashed.amountWei) / slashed.shares).toBeGreaterThanOrEqual(amountWei);
      expect(shares).toBeLessThanOrEqual(slashed.shares);
    }
  });
});
