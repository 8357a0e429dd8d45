import { encodeFunctionData, isHash, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectFirst, type LocalChain, startLocalChain } from "../../../e2e/support/local-chain.ts";
import { accountOf, certify, hash, type Staker } from "../../ports/acceptance/stakers.ts";
import { type Certificate, stakeRequest, type TransactionUpdate, type Wallet } from "../../ports/chain.ts";
import { epochAnchorAbi } from "../abi/epoch-anchor.ts";
import { parleyTokenAbi } from "../abi/parley-token.ts";
import { createReadClient, type ReadClient } from "../network.ts";
import { approveCall, depositBondCall } from "./calls.ts";

const BOND_WEI = parseEther("100");
const STAKE_WEI = parseEther("100");
const CHALLENGE_SECONDS = 3_600;

/** Each of these anchors on what the ones before it left. */
describe("a wallet on a chain where roots need a bond", () => {
  let local: LocalChain;
  let staker: Staker;
  let client: ReadClient;
  let epoch = 0;

  beforeAll(async () => {
    local = await startLocalChain(CHALLENGE_SECONDS, BOND_WEI);
    client = createReadClient(local.network, { pollingIntervalMs: 20 });
    const { wallet } = await newAccount();
    const [account, operator, nodeId] = [accountOf(wallet), local.newOperator(), hash("a")];
    await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: STAKE_WEI }));
    staker = { nodeId, wallet, account, operator };
  });
  afterAll(() => local.stop());

  it("puts down the whole bond before several roots, and is not asked for it again", async () => {
    const { wallet, asked } = await newAccount();
    const first = await nextRoots(2);
    const told: TransactionUpdate[] = [];
    await wallet.anchorMany(first, (update) => told.push(update));
    // Approval, bond, anchors.
    expect(asked()).toBe(3);
    expect(told.filter(({ state }) => state === "confirmed")).toHaveLength(1);
    expect(await bondOf(wallet)).toBe(BOND_WEI);
    expect(await local.chain.lastAnchoredEpoch()).toBe(first[1]?.root.epoch);
    await wallet.anchorMany(await nextRoots(2));
    expect(asked()).toBe(4);
    expect(await bondOf(wallet)).toBe(BOND_WEI);
  });

  it("puts down what is missing of the bond alone", async () => {
    const { wallet, asked, send } = await newAccount();
    const partWei = parseEther("40");
    const { chain } = local.network;
    await send(approveCall(chain, chain.epochAnchor, partWei));
    await send(depositBondCall(chain, partWei));
    const beforeWei = await local.chain.tokenBalanceWei(accountOf(wallet));
    await wallet.anchorMany(await nextRoots(1));
    expect(asked()).toBe(3);
    expect(await bondOf(wallet)).toBe(BOND_WEI);
    expect(await local.chain.tokenBalanceWei(accountOf(wallet))).toBe(beforeWei - (BOND_WEI - partWei));
  });

  it("asks for no allowance that is there", async () => {
    const { wallet, asked, send } = await newAccount();
    await send(approveCall(local.network.chain, local.network.chain.epochAnchor, BOND_WEI));
    await wallet.anchorMany(await nextRoots(1));
    expect(asked()).toBe(2);
    expect(await bondOf(wallet)).toBe(BOND_WEI);
  });

  it("asks for nothing where the account holds too few tokens for the bond", async () => {
    const { wallet, asked, transfer } = await newAccount();
    const heldWei = await local.chain.tokenBalanceWei(accountOf(wallet));
    await transfer(heldWei - BOND_WEI + 1n);
    const before = await local.chain.lastAnchoredEpoch();
    await expect(wallet.anchorMany(await rootsFrom(2))).rejects.toThrow(
      expect.objectContaining({
        data: expect.objectContaining({ code: "insufficient-funds", received: `${BOND_WEI - 1n} wei` }),
      }),
    );
    expect(asked()).toBe(0);
    expect(await local.chain.lastAnchoredEpoch()).toBe(before);
  });

  it("anchors nothing when the bond is refused, and goes on from the allowance later", async () => {
    const { wallet, asked, agree } = await newAccount();
    const certificates = await nextRoots(2);
    const before = await local.chain.lastAnchoredEpoch();
    let questions = 0;
    const refuseBond = ({ state }: TransactionUpdate) => {
      if (state === "asking" && ++questions === 2) agree(false);
    };
    await expect(wallet.anchorMany(certificates, refuseBond)).rejects.toThrow(
      expect.objectContaining({ code: "wallet-rejected" }),
    );
    expect(await bondOf(wallet)).toBe(0n);
    expect(await local.chain.lastAnchoredEpoch()).toBe(before);
    agree(true);
    const askedBefore = asked();
    await wallet.anchorMany(certificates);
    expect(asked()).toBe(askedBefore + 2);
    expect(await local.chain.lastAnchoredEpoch()).toBe(certificates.at(-1)?.root.epoch);
  });

  /** A connected wallet, what it was asked since, and ways around it. */
  async function newAccount() {
    const { page, wallet } = await local.newPage();
    const account = await connectFirst(wallet);
    const send = async (call: { readonly to: `0x${string}`; readonly data: `0x${string}` }) => {
      const hash = await local.rpc("eth_sendTransaction", [{ from: account, ...call }]);
      if (typeof hash !== "string" || !isHash(hash)) throw new Error("expected a transaction's hash");
      await client.waitForTransactionReceipt({ hash });
    };
    return {
      wallet,
      asked: () => page.__testWallet.asked,
      agree: (agrees: boolean) => {
        page.__testWallet.mode = agrees ? "accept" : "reject";
      },
      send,
      transfer: (amountWei: bigint) => send(transferCall(amountWei)),
    };
  }

  function transferCall(amountWei: bigint) {
    const { token, treasury } = local.network.chain;
    const args = [treasury, amountWei] as const;
    return { to: token, data: encodeFunctionData({ abi: parleyTokenAbi, functionName: "transfer", args }) };
  }

  async function bondOf(wallet: Wallet): Promise<bigint> {
    const [amountWei] = await client.readContract({
      address: local.network.chain.epochAnchor,
      abi: epochAnchorAbi,
      functionName: "bondOf",
      args: [accountOf(wallet)],
    });
    return amountWei;
  }

  /** What will be anchored now. */
  async function nextRoots(count: number): Promise<readonly Certificate[]> {
    const certificates = await rootsFrom(count);
    epoch += count;
    return certificates;
  }

  /** The next epochs' roots, each on the one before it. */
  async function rootsFrom(count: number): Promise<readonly Certificate[]> {
    const { blockNumber } = await local.chain.registryAt(await local.settle());
    await local.settle();
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        certify(
          {
            epoch: epoch + index,
            previousRoot: stateRoot(epoch + index),
            stateRoot: stateRoot(epoch + index + 1),
            claimsRoot: hash("c"),
            manifestDigest: hash("d"),
            snapshotBlock: blockNumber,
          },
          [staker],
        ),
      ),
    );
  }
});

const stateRoot = (number: number) => number.toString(16).padStart(64, "0");
