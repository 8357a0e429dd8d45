import { encodeFunctionData, isHash, parseEther } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectFirst, type LocalChain, startLocalChain } from "../../e2e/support/local-chain.ts";
import type { EpochRoot } from "../core/chain-types.ts";
import type { Address } from "../core/primitives.ts";
import { certify, hash, type Staker } from "../ports/acceptance/stakers.ts";
import { stakeRequest } from "../ports/chain.ts";
import { epochAnchorAbi } from "./abi/epoch-anchor.ts";
import { anchoredArguments } from "./anchor-rewards.ts";
import { epochRootArguments } from "./epoch-root.ts";
import { createReadClient, type ReadClient } from "./network.ts";
import { approveCall, compactSignatures, depositBondCall } from "./wallet/calls.ts";

const BOND_WEI = parseEther("100");
const CHALLENGE_SECONDS = 3_600;

interface Call {
  readonly to: Address;
  readonly data: `0x${string}`;
}

describe("rewards of a root that was replaced", () => {
  let local: LocalChain;
  let client: ReadClient;
  beforeAll(async () => {
    local = await startLocalChain(CHALLENGE_SECONDS, BOND_WEI);
    client = createReadClient(local.network, { pollingIntervalMs: 20 });
  });
  afterAll(() => local.stop());

  it("are due to who anchored the one that stands, also when both are of one block", async () => {
    const [liar, staker] = [await newStaker("a"), await newStaker("b")];
    const { blockNumber } = await local.chain.registryAt(await local.settle());
    await local.settle();
    const wrong = rootOf(hash("1"), blockNumber);
    const right = rootOf(hash("2"), blockNumber);
    const proposed = {
      root: wrong,
      sender: liar.account,
      certificateDigest: hash("9"),
      parentEpoch: 0,
      parentSnapshotBlock: 0,
    };
    const { signatures } = await certify(right, [liar, staker]);
    await local.rpc("evm_setAutomine", [false]);
    const sent = [
      await send(
        liar.account,
        toAnchor(
          encodeFunctionData({
            abi: epochAnchorAbi,
            functionName: "propose",
            args: [epochRootArguments(wrong), `0x${hash("9")}`],
          }),
        ),
      ),
      await send(
        staker.account,
        toAnchor(
          encodeFunctionData({
            abi: epochAnchorAbi,
            functionName: "replace",
            args: [anchoredArguments(proposed), epochRootArguments(right), compactSignatures(signatures)],
          }),
        ),
      ),
    ];
    await local.rpc("evm_mine");
    await local.rpc("evm_setAutomine", [true]);
    const receipts = await Promise.all(sent.map((one) => client.waitForTransactionReceipt({ hash: one })));
    expect(receipts.map(({ status }) => status)).toEqual(["success", "success"]);
    expect(new Set(receipts.map((receipt) => receipt.blockNumber)).size).toBe(1);

    const anchored = await local.chain.anchoredEpoch(0);
    if (anchored === undefined) throw new Error("expected an anchored epoch");
    expect((await local.chain.anchorRewards([anchored])).due).toEqual([]);
    await local.rpc("evm_increaseTime", [CHALLENGE_SECONDS]);
    await local.rpc("evm_mine");
    const { due, rewardWei } = await local.chain.anchorRewards([anchored]);
    expect(due).toMatchObject([{ root: right, sender: staker.account }]);
    const beforeWei = await local.chain.tokenBalanceWei(staker.account);
    await liar.wallet.collectAnchorRewards(due);
    expect(await local.chain.tokenBalanceWei(staker.account)).toBe(beforeWei + rewardWei);
    await expect(liar.wallet.collectAnchorRewards([proposed])).rejects.toThrow(
      expect.objectContaining({ code: "reverted" }),
    );
  });

  /** Somebody with a stake and a bond. */
  async function newStaker(digit: string): Promise<Staker> {
    const { wallet } = await local.newPage();
    const [account, operator, nodeId] = [await connectFirst(wallet), local.newOperator(), hash(digit)];
    await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: BOND_WEI }));
    const { chain } = local.network;
    for (const one of [approveCall(chain, chain.epochAnchor, BOND_WEI), depositBondCall(chain, BOND_WEI)]) {
      await client.waitForTransactionReceipt({ hash: await send(account, one) });
    }
    return { nodeId, wallet, account, operator };
  }

  function toAnchor(data: `0x${string}`): Call {
    return { to: local.network.chain.epochAnchor, data };
  }

  async function send(from: Address, { to, data }: Call): Promise<`0x${string}`> {
    const sent = await local.rpc("eth_sendTransaction", [{ from, to, data, gas: "0xf4240" }]);
    if (typeof sent !== "string" || !isHash(sent)) throw new Error("expected a transaction's hash");
    return sent;
  }
});

function rootOf(stateRoot: string, snapshotBlock: number): EpochRoot {
  return {
    epoch: 0,
    previousRoot: hash("0"),
    stateRoot,
    claimsRoot: stateRoot,
    manifestDigest: hash("d"),
    snapshotBlock,
  };
}
