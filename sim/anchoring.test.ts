import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedPage, startEmbedded } from "../e2e/support/embedded-chain.ts";
import { connectFirst } from "../e2e/support/local-chain.ts";
import { AnchorEarnings } from "../src/app/node/anchor-earnings.ts";
import { Anchoring } from "../src/app/node/anchoring.ts";
import { EventLog } from "../src/app/node/event-log.ts";
import { decodeCertificate, encodeCertificate } from "../src/core/artifacts/certificate.ts";
import type { Hash } from "../src/core/primitives.ts";
import { accountOf, certify, entryOf, hash, type Staker } from "../src/ports/acceptance/stakers.ts";
import { type Chain, type EpochRoot, stakeRequest } from "../src/ports/chain.ts";
import { World } from "./world.ts";

const STAKE_WEI = 100n * 10n ** 18n;
const code = (value: string) => expect.objectContaining({ code: value });

/** A node's anchoring over the real contracts, in an EVM of this process. */
async function anchoringNode() {
  const page = await startEmbedded();
  const wallet = page.newWallet();
  await connectFirst(wallet);
  const [nodeId, account, operator] = [hash("a"), accountOf(wallet), page.newOperator()];
  await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: STAKE_WEI }));
  const staker: Staker = { nodeId, wallet, account, operator };
  const world = new World();
  const { dependencies: simulated, store, runner } = await world.addNode("node");
  const lookedFor: number[] = [];
  const chain: Chain = {
    ...page.chain,
    anchoredEpoch: (epoch) => {
      lookedFor.push(epoch);
      return page.chain.anchoredEpoch(epoch);
    },
  };
  const dependencies = { ...simulated, chain, wallet };
  const events = new EventLog(dependencies);
  // Time stands still in this world: its own node writes nothing there.
  const { status } = runner;
  const anchoring = new Anchoring(dependencies, events);
  const earnings = new AnchorEarnings(dependencies, anchoring, events, status);
  return { page, staker, store, anchoring, earnings, status, events, lookedFor };
}

type AnchoringNode = Awaited<ReturnType<typeof anchoringNode>>;

async function certified(
  { page, staker, store }: AnchoringNode,
  roots: readonly (readonly Hash[])[],
  signers: readonly Staker[] = [staker],
) {
  const { blockNumber } = await page.chain.registryAt(await page.settle());
  await page.settle();
  let previousRoot = hash("0");
  for (const [epoch, [stateRoot = "", claimsRoot = ""]] of roots.entries()) {
    const root: EpochRoot = {
      epoch,
      previousRoot,
      stateRoot,
      claimsRoot,
      manifestDigest: hash("d"),
      snapshotBlock: blockNumber,
    };
    await store.putEpoch({
      epoch,
      stateRoot,
      previousRoot,
      manifestCid: "manifest",
      messageSetCid: "message set",
      state: new Uint8Array(),
      certificate: encodeCertificate(await certify(root, signers)),
    });
    previousRoot = stateRoot;
  }
}

describe("anchoring over the real contracts", () => {
  let node: AnchoringNode;
  let page: EmbeddedPage;
  beforeEach(async () => {
    node = await anchoringNode();
    page = node.page;
  });
  afterEach(() => page.stop());

  it("puts two epochs on the chain in one transaction, and says so", async () => {
    await certified(node, [
      [hash("1"), hash("a")],
      [hash("2"), hash("b")],
    ]);
    const { asked } = page.answers;
    await node.anchoring.anchor();
    expect(page.answers.asked).toBe(asked + 1);
    const anchored = await Promise.all([0, 1].map((epoch) => page.chain.anchoredEpoch(epoch)));
    expect(anchored).toMatchObject([{ stateRoot: hash("1") }, { stateRoot: hash("2") }]);
    expect(anchored[0]?.transaction).toBe(anchored[1]?.transaction);
    expect(node.anchoring.anchoredBy(node.staker.account)).toEqual(anchored);
    expect(node.events.events.value.map(({ text }) => text).sort()).toEqual([
      `Anchored 2 epochs (0 to 1), transaction ${anchored[0]?.transaction.slice(0, 12)}…`,
      "Asking the wallet to anchor 2 epochs (0 to 1)",
    ]);
    await expect(node.anchoring.anchor()).rejects.toThrow(code("nothing-to-anchor"));
  });

  it("looks for none of the epochs that wait, however many, and finds those that somebody else anchors", async () => {
    await certified(node, [
      [hash("1"), hash("a")],
      [hash("2"), hash("b")],
    ]);
    await node.anchoring.refresh();
    expect(node.lookedFor).toEqual([]);
    const oldest = (await node.store.listEpochs(2)).at(-1);
    if (oldest === undefined) throw new Error("no epoch was kept");
    await node.staker.wallet.anchor(decodeCertificate(oldest.certificate));
    await node.anchoring.refresh();
    expect(new Set(node.lookedFor)).toEqual(new Set([0]));
    expect(node.anchoring.anchoredEpoch(0)).toMatchObject({ stateRoot: hash("1") });
    expect(node.anchoring.anchoredEpoch(1)).toBeUndefined();
  });

  it("says what it costs by the signatures that the wallet sends: two of three", async () => {
    const others = [hash("b"), hash("c")].map((nodeId) => ({
      ...node.staker,
      nodeId,
      operator: page.newOperator(),
    }));
    const signers = [node.staker, ...others];
    await certified(node, [[hash("1"), hash("a")]], signers);
    await node.anchoring.refresh();
    const entries = signers.map((signer) => entryOf(signer, STAKE_WEI));
    await node.anchoring.advise({ registry: { blockNumber: 1, blockHash: hash("0"), entries } }, node.status);
    const { gasPriceWei = 0n, costWei } = node.status.value.anchoring ?? {};
    expect(gasPriceWei).toBeGreaterThan(0n);
    expect(costWei).toBe((97_500n + 2n * 7_300n) * gasPriceWei);
  });

  it("is paid once for the epochs of a batch that brought something new, not for the idle one between", async () => {
    await certified(node, [
      [hash("1"), hash("a")],
      [hash("2"), hash("a")],
      [hash("3"), hash("b")],
    ]);
    await node.anchoring.anchor();
    await page.settle();
    await node.earnings.refresh();
    const rewards = node.status.value.anchorRewards;
    expect(rewards?.epochs).toBe(2);
    const { account } = node.staker;
    const beforeWei = await page.chain.tokenBalanceWei(account);
    await node.earnings.collect();
    expect(await page.chain.tokenBalanceWei(account)).toBe(beforeWei + 2n * (rewards?.rewardWei ?? 0n));
    expect(rewards?.rewardWei).toBeGreaterThan(0n);
    expect(node.status.value.anchorRewards).toBeUndefined();
    await expect(node.earnings.collect()).rejects.toThrow(code("nothing-to-collect"));
    expect(await page.chain.tokenBalanceWei(account)).toBe(beforeWei + 2n * (rewards?.rewardWei ?? 0n));
  });
});
