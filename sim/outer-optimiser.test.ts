import { describe, expect, it } from "vitest";
import { audit } from "../src/app/audit/audit.ts";
import { type SimulatedNode, World } from "./world.ts";

async function trained(world: World, epochs: number): Promise<readonly SimulatedNode[]> {
  const nodes: SimulatedNode[] = [];
  for (let index = 0; index < 4; index++) nodes.push(await world.addNode(`node ${index}`));
  for (const { runner } of nodes) await runner.startDonating();
  for (let epoch = 0; epoch < epochs; epoch++) {
    await world.advanceToEpoch(epoch);
    await world.clock.advance(2_000);
    for (const { store, runner } of nodes.slice(0, 2)) {
      const id = `${epoch} ${runner.status.value.nodeId}`;
      await store.putPair({ id, prompt: id, answer: "A number.", createdAtMs: 1 });
      await runner.train();
    }
  }
  await world.advanceToEpoch(epochs);
  await world.clock.advance(5_000);
  return nodes;
}

describe("a network with momentum and clusters", () => {
  it("keeps a velocity and the clusters' adapters, on which all nodes and the auditor agree", async () => {
    // With a whole step the first velocity would be the version itself, and nobody would miss it.
    const parameters = {
      outerMomentumPpm: 300_000,
      outerLearningRatePpm: 500_000,
      clusterMaximum: 2,
      clusterSimilarityPpm: 900_000,
    };
    const world = new World({ parameters });
    const nodes = await trained(world, 2);
    const [first] = nodes;
    if (first === undefined) throw new Error("no node");
    const { state, root } = first.runner.ledger.head.value;
    expect(new Set(nodes.map(({ runner }) => runner.ledger.head.value.root)).size).toBe(1);
    const outcomes = first.runner.epochs.value.map(({ contributions }) =>
      contributions.map(({ outcome }) => outcome),
    );
    expect(outcomes).toEqual([
      ["included", "included"],
      ["included", "included"],
    ]);
    expect(state.momentum).not.toBeNull();
    expect(state.clusters.length).toBeGreaterThan(0);
    const members = state.clusters.flatMap((cluster) => cluster.members);
    expect(members).toEqual(
      expect.arrayContaining(nodes.slice(0, 2).map((node) => node.runner.status.value.nodeId)),
    );
    expect(await first.runner.ledger.ownClusterAdapter()).not.toBeNull();

    const heads = [...(await first.store.logHeads())];
    const logs = await Promise.all(
      heads.map(([author, count]) => first.store.messagesOfAuthor(author, 0, count)),
    );
    const messages = logs.flat().map(({ bytes }) => bytes);
    const report = await audit({ ...(await world.addNode("auditor")).dependencies, messages }, 1);
    expect(report.difference).toBeUndefined();
    expect(report.stateRoot).toBe(root);
  });
});
