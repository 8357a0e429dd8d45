import { describe, expect, it } from "vitest";
import { audit } from "../src/app/audit/audit.ts";
import { type SimulatedNode, World } from "./world.ts";

const PAIR = { id: "pair", prompt: "What is an epoch?", answer: "A minute of work.", createdAtMs: 1 };

async function donors(world: World, count: number): Promise<readonly SimulatedNode[]> {
  const nodes: SimulatedNode[] = [];
  for (let index = 0; index < count; index++) nodes.push(await world.addNode(`node ${index}`));
  for (const { runner } of nodes) await runner.startDonating();
  return nodes;
}

const rootsOf = (nodes: readonly SimulatedNode[]) => nodes.map(({ runner }) => runner.ledger.head.value.root);

async function allMessages({ store }: SimulatedNode): Promise<readonly Uint8Array[]> {
  const logs = await Promise.all(
    [...(await store.logHeads())].map(([author, count]) => store.messagesOfAuthor(author, 0, count)),
  );
  return logs.flat().map(({ bytes }) => bytes);
}

describe("a simulated world", () => {
  it("closes an epoch in which one node trains, three verify and all end with the same root", async () => {
    const world = new World();
    const nodes = await donors(world, 4);
    await nodes[0]?.store.putPair(PAIR);
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    await nodes[0]?.runner.train();
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    const [epoch] = nodes[0]?.runner.epochs.value ?? [];
    expect(epoch?.contributions).toMatchObject([{ outcome: "included", validators: { length: 3 } }]);
    expect(epoch?.metrics.lossMicroNats).toBeLessThan(world.genesis.model.baseMetrics.lossMicroNats);
    expect(new Set(rootsOf(nodes)).size).toBe(1);

    const messages = nodes[0] === undefined ? [] : await allMessages(nodes[0]);
    const auditor = await world.addNode("auditor");
    const report = await audit({ ...auditor.dependencies, messages }, 0);
    expect(report.difference).toBeUndefined();
    expect([report.stateRoot]).toEqual(rootsOf(nodes.slice(0, 1)));

    const late = await world.addNode("late");
    await world.clock.advance(5_000);
    expect(rootsOf([late])).toEqual(rootsOf(nodes.slice(0, 1)));
  });

  it("keeps a delta until enough donors have staked to check it", async () => {
    const world = new World();
    const nodes = await donors(world, 3);
    const [trainer] = nodes;
    await trainer?.store.putPair(PAIR);
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    await trainer?.runner.train();
    await world.clock.advance(10_000);
    expect(trainer?.runner.events.value.map(({ text }) => text)).toContainEqual(
      expect.stringContaining("It waits until 1 more donor has staked"),
    );
    expect(await trainer?.runner.log.ofEpoch(0, "commit")).toEqual([]);

    const fourth = await world.addNode("fourth");
    await fourth.runner.startDonating();
    await world.advanceToEpoch(1);
    await world.advanceToEpoch(2);
    await world.clock.advance(5_000);
    expect(trainer?.runner.epochs.value[0]?.contributions).toMatchObject([{ outcome: "included" }]);
    expect(new Set(rootsOf([...nodes, fourth])).size).toBe(1);
  });

  it("reveals what it committed to, although it has trained again since", async () => {
    const world = new World();
    const nodes = await donors(world, 4);
    const [trainer] = nodes;
    await trainer?.store.putPair(PAIR);
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    await trainer?.runner.train();
    await world.clock.advance(2_000);
    await trainer?.store.putPair({ ...PAIR, id: "another", prompt: "What is a delta?" });
    await trainer?.runner.train();
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    expect(trainer?.runner.epochs.value[0]?.contributions).toMatchObject([{ outcome: "included" }]);
  });

  it("anchors a root again that a reorganisation of the chain has dropped", async () => {
    const world = new World();
    const nodes = await donors(world, 4);
    const [first] = nodes;
    await first?.store.putPair(PAIR);
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    await first?.runner.train();
    await world.advanceToEpoch(1);
    await first?.runner.anchor();
    await world.clock.advance(5_000);
    expect(await world.chain.anchoredEpoch(0)).toBeDefined();
    world.chain.reorganise(1);
    await world.clock.advance(5_000);
    expect(await world.chain.anchoredEpoch(0)).toBeUndefined();
    await first?.runner.anchor();
    expect(await world.chain.anchoredEpoch(0)).toMatchObject({ stateRoot: rootsOf(nodes)[0] });
  });

  it("anchors all epochs that wait with one question to the wallet", async () => {
    const world = new World();
    const nodes = await donors(world, 4);
    const [first] = nodes;
    if (first === undefined) throw new Error("expected a node");
    for (let epoch = 0; epoch < 2; epoch++) {
      await first.store.putPair({ ...PAIR, id: `pair ${epoch}`, prompt: `Question ${epoch}?` });
      await world.advanceToEpoch(epoch);
      await world.clock.advance(2_000);
      await first.runner.train();
    }
    await world.advanceToEpoch(2);
    await world.clock.advance(5_000);
    const asked = first.wallet.timesAsked;
    await first.runner.anchor();
    expect(first.wallet.timesAsked).toBe(asked + 1);
    const anchored = await Promise.all([0, 1].map((epoch) => world.chain.anchoredEpoch(epoch)));
    expect(anchored).toMatchObject([{ epoch: 0 }, { epoch: 1 }]);
    expect(anchored[0]?.transaction).toBe(anchored[1]?.transaction);
    expect(first.runner.events.value.map(({ text }) => text)).toContainEqual(
      expect.stringContaining("Anchored 2 epochs (0 to 1), transaction"),
    );
  });

  it("shows what anchoring is rewarded with, and collects it once", async () => {
    const world = new World();
    const [first] = await donors(world, 4);
    if (first === undefined) throw new Error("expected a node");
    await first.store.putPair(PAIR);
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    await first.runner.train();
    await world.advanceToEpoch(1);
    await expect(first.runner.collectAnchorRewards()).rejects.toThrow(
      expect.objectContaining({ code: "nothing-to-collect" }),
    );
    await first.runner.anchor();
    await world.clock.advance(70_000);
    const rewards = first.runner.status.value.anchorRewards;
    expect(rewards?.epochs).toBe(1);
    const account = first.wallet.account() ?? "0x";
    const beforeWei = await world.chain.tokenBalanceWei(account);
    await first.runner.collectAnchorRewards();
    expect(await world.chain.tokenBalanceWei(account)).toBe(beforeWei + (rewards?.rewardWei ?? 0n));
    expect(first.runner.status.value.anchorRewards).toBeUndefined();
  });

  it("finishes a duty after the tab died in the middle of it", async () => {
    const world = new World();
    const nodes = await donors(world, 4);
    await nodes[0]?.store.putPair(PAIR);
    await world.advanceToEpoch(0);
    await world.clock.advance(2_000);
    await nodes[0]?.runner.train();
    await world.clock.advance(28_500);
    const [, dying] = nodes;
    if (dying === undefined) throw new Error("expected a second node");
    await world.kill(dying);
    const again = await world.addNode(dying.name, dying.disk);
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    const alive = [...nodes.filter((node) => node !== dying), again];
    expect(new Set(rootsOf(alive)).size).toBe(1);
    const [epoch] = again.runner.epochs.value;
    expect(epoch?.contributions[0]?.validators).toContain(again.dependencies.identity.nodeId);
  });
});
