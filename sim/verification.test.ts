import { describe, expect, it } from "vitest";
import { audit } from "../src/app/audit/audit.ts";
import { drawnFor } from "../src/core/epoch/committee.ts";
import { epochContext } from "../src/core/epoch/context.ts";
import { isMessageOf } from "../src/core/messages/message.ts";
import { stakeRequest } from "../src/ports/chain.ts";
import { SurrogateEvaluator } from "./adapters/model/evaluator.ts";
import type { GenesisChoices } from "./genesis.ts";
import { type SimulatedNode, World } from "./world.ts";

const PAIR = { id: "pair", prompt: "What is an epoch?", answer: "A minute of work.", createdAtMs: 1 };
const HELD_OUT = [{ prompt: "Who verifies?", answer: "Whoever is drawn." }];

async function donors(choices: GenesisChoices, count: number) {
  const world = new World(choices);
  const nodes: SimulatedNode[] = [];
  for (let index = 0; index < count; index++) nodes.push(await world.addNode(`node ${index}`));
  for (const { runner } of nodes) await runner.startDonating();
  const [trainer] = nodes;
  if (trainer === undefined) throw new Error("no nodes");
  await trainer.store.putPair(PAIR);
  return { world, nodes, trainer };
}

const idOf = (node: SimulatedNode) => node.dependencies.identity.nodeId;

/** Committee and reserves of what the trainer submits in an epoch, as nodes. */
async function drawnIn(
  { genesis }: World,
  nodes: readonly SimulatedNode[],
  trainer: SimulatedNode,
  epoch: number,
) {
  const { state } = trainer.runner.ledger.head.value;
  const { registry } = await trainer.runner.registries.at(epoch, state);
  const { committee, reserves } = drawnFor(epochContext(genesis, state, registry, epoch), idOf(trainer));
  const nodesOf = (ids: readonly string[]) => nodes.filter((node) => ids.includes(idOf(node)));
  return { committee: nodesOf(committee), reserves: nodesOf(reserves) };
}

const rootsOf = (nodes: readonly SimulatedNode[]) =>
  new Set(nodes.map(({ runner }) => runner.ledger.head.value.root));

const linesOf = ({ runner }: SimulatedNode) => runner.events.value.map(({ text }) => text);

/** The trainer's delta is ready to be committed to in epoch 0. */
async function trainInEpochZero(world: World, trainer: SimulatedNode): Promise<void> {
  await world.advanceToEpoch(0);
  await world.clock.advance(2_000);
  await trainer.runner.train();
}

describe("verification", () => {
  it("goes on with a reserve when a validator is gone, and all end with the same root", async () => {
    const { world, nodes, trainer } = await donors({}, 7);
    await trainInEpochZero(world, trainer);
    const { committee, reserves } = await drawnIn(world, nodes, trainer, 0);
    const [gone] = committee;
    if (gone === undefined) throw new Error("no committee");
    await world.kill(gone);
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    const alive = nodes.filter((node) => node !== gone);
    expect(rootsOf(alive).size).toBe(1);
    const [epoch] = trainer.runner.epochs.value;
    const validators = epoch?.contributions[0]?.validators ?? [];
    expect(epoch?.contributions[0]?.outcome).toBe("included");
    expect(validators).not.toContain(idOf(gone));
    expect(validators).toHaveLength(3);
    expect(reserves.filter((node) => validators.includes(idOf(node)))).toHaveLength(1);
    const { reputations, parameters } = trainer.runner.ledger.head.value.state;
    expect(reputations.get(idOf(gone))).toBeLessThan(parameters.initialReputationPpm);
  });

  it("calls no reserve while everybody answers", async () => {
    const { world, nodes, trainer } = await donors({}, 7);
    await trainInEpochZero(world, trainer);
    const { reserves } = await drawnIn(world, nodes, trainer, 0);
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    expect(trainer.runner.epochs.value[0]?.contributions[0]?.outcome).toBe("included");
    for (const reserve of reserves) {
      expect(await reserve.store.listDuties()).toEqual([]);
      expect(linesOf(reserve).join()).not.toContain("Checking");
    }
  });

  it("hands back a check whose phase passed while the tab was closed", async () => {
    const { world, nodes, trainer } = await donors({}, 4);
    await trainInEpochZero(world, trainer);
    const { committee } = await drawnIn(world, nodes, trainer, 0);
    const [slow] = committee;
    if (slow === undefined) throw new Error("no committee");
    // Its evaluator never comes back, as in a tab that dies in the middle of the benchmark.
    const stuck = new SurrogateEvaluator(world.genesis.model);
    stuck.evaluate = () => new Promise(() => undefined);
    await world.kill(slow);
    const dying = await world.addNode(slow.name, slow.disk, { evaluator: stuck });
    await world.clock.advanceTo(world.genesis.startMs + 36_000);
    expect(await dying.store.listDuties()).toMatchObject([{ kind: "verify", epoch: 0 }]);
    await world.kill(dying);
    await world.clock.advanceTo(world.genesis.startMs + 50_000);
    const again = await world.addNode(slow.name, dying.disk);
    await world.clock.advance(2_000);
    expect(await again.store.listDuties()).toEqual([]);
    expect(again.runner.events.value.map(({ error }) => error?.code)).toContain("duty-missed");
  });

  it("judges by tasks that the keeper promised in one epoch and shows in the next with a submission", async () => {
    const { dependencies } = await new World().addNode("node 1");
    const { nodeId } = dependencies.identity;
    const { world, nodes, trainer } = await donors({ parameters: { heldOutKeeper: nodeId } }, 5);
    const keeper = nodes[1];
    if (keeper === undefined) throw new Error("no keeper");
    await expect(trainer.runner.keepHeldOut(HELD_OUT)).rejects.toMatchObject({
      data: { code: "not-keeper" },
    });
    await expect(keeper.runner.keepHeldOut([])).rejects.toMatchObject({ data: { code: "held-out-pairs" } });
    await keeper.runner.keepHeldOut(HELD_OUT);
    await world.advanceToEpoch(1);
    await world.clock.advance(2_000);
    expect(trainer.runner.ledger.head.value.state.heldOut).toMatchObject({ epoch: 0 });
    await trainer.runner.train();
    await world.advanceToEpoch(2);
    await world.clock.advance(5_000);
    const { state } = trainer.runner.ledger.head.value;
    expect([state.epoch, state.heldOut]).toEqual([1, null]);
    expect(rootsOf(nodes).size).toBe(1);
    const attestations = await trainer.runner.log.ofEpoch(1, "attestation");
    expect(attestations).toHaveLength(3);
    const results = attestations.map(({ envelope }) => envelope.body.heldOut);
    expect(results[0]).not.toBeNull();
    expect(results).toEqual([results[0], results[0], results[0]]);
    expect(state.reputations.get(nodeId) ?? 0).toBeGreaterThanOrEqual(state.parameters.initialReputationPpm);

    const messages = (await trainer.runner.log.heldFor(1)).map(({ message }) => message);
    expect(messages.filter(isMessageOf("held-out-reveal"))).toHaveLength(1);
    const auditor = await world.addNode("auditor");
    const logs = await Promise.all(
      [...(await trainer.store.logHeads())].map(([author, count]) =>
        trainer.store.messagesOfAuthor(author, 0, count),
      ),
    );
    const report = await audit(
      { ...auditor.dependencies, messages: logs.flat().map(({ bytes }) => bytes) },
      1,
    );
    expect(report.difference).toBeUndefined();
  });

  it("goes on by the benchmark alone when the keeper is gone, who then has missed its duty", async () => {
    const { dependencies } = await new World().addNode("node 1");
    const { nodeId } = dependencies.identity;
    const { world, nodes, trainer } = await donors({ parameters: { heldOutKeeper: nodeId } }, 7);
    const keeper = nodes[1];
    if (keeper === undefined) throw new Error("no keeper");
    await keeper.runner.keepHeldOut(HELD_OUT);
    await world.advanceToEpoch(1);
    await world.clock.advance(2_000);
    await trainer.runner.train();
    await world.kill(keeper);
    await world.advanceToEpoch(2);
    await world.clock.advance(5_000);
    const { state } = trainer.runner.ledger.head.value;
    expect([state.epoch, state.heldOut]).toEqual([1, null]);
    expect(trainer.runner.epochs.value[0]?.contributions[0]?.outcome).toBe("included");
    expect(state.reputations.get(nodeId)).toBeLessThan(state.parameters.initialReputationPpm);
  });

  it("starts only when the block of the stakes is final, and without a chain at once", async () => {
    const { world, nodes, trainer } = await donors({ parameters: { finalityBlocks: 2 } }, 5);
    await trainInEpochZero(world, trainer);
    await world.clock.advanceTo(world.genesis.startMs + 34_000);
    expect(await trainer.runner.log.ofEpoch(0, "attestation")).toEqual([]);
    expect(nodes.flatMap(linesOf).join()).toContain("is final");
    for (const { wallet, dependencies } of nodes.slice(0, 2)) {
      const { identity, operator } = dependencies;
      const account = wallet.account();
      if (account === undefined) throw new Error("expected a connected wallet");
      const { nodeId } = identity;
      await wallet.stake(await stakeRequest(operator, { nodeId, account, amountWei: 1n }));
    }
    await world.clock.advance(3_000);
    expect(await trainer.runner.log.ofEpoch(0, "attestation")).toHaveLength(3);

    const other = await donors({ parameters: { finalityBlocks: 1_000 } }, 5);
    await trainInEpochZero(other.world, other.trainer);
    await other.world.clock.advanceTo(other.world.genesis.startMs + 34_000);
    other.world.chain.reachable = false;
    await other.world.clock.advance(3_000);
    expect(await other.trainer.runner.log.ofEpoch(0, "attestation")).toHaveLength(3);
  });
});
