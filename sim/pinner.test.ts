import { describe, expect, it } from "vitest";
import { Pinner } from "../src/app/node/pinner.ts";
import { decodeState } from "../src/core/artifacts/state.ts";
import type { Cid } from "../src/core/primitives.ts";
import { type SimulatedNode, World } from "./world.ts";

const PAIR = { id: "pair", prompt: "What is an epoch?", answer: "A minute of work.", createdAtMs: 1 };

/** A trainer and three who check, in epoch 0. */
async function donors(world: World): Promise<readonly SimulatedNode[]> {
  const nodes: SimulatedNode[] = [];
  for (const name of ["trainer", "second", "third", "fourth"]) nodes.push(await world.addNode(name));
  for (const { runner } of nodes) await runner.startDonating();
  await world.advanceToEpoch(0);
  await world.clock.advance(2_000);
  return nodes;
}

async function closeEpoch(world: World, trainer: SimulatedNode | undefined, epoch: number): Promise<void> {
  await trainer?.store.putPair({ ...PAIR, id: `pair ${epoch}`, prompt: `Question ${epoch}?` });
  await trainer?.runner.train();
  await world.advanceToEpoch(epoch + 1);
  await world.clock.advance(5_000);
}

function pinnerOf(node: SimulatedNode, keep?: (epoch: number, cid: Cid) => Promise<boolean>): Pinner {
  return new Pinner(node.dependencies, node.runner.log, node.runner.ledger, keep);
}

async function bundles(node: SimulatedNode): Promise<readonly Cid[]> {
  const submissions = await node.runner.log.ofKind("submission");
  return submissions.map(({ envelope }) => envelope.body.deltaCid);
}

/** Nothing is under way any more, though fetches wait for virtual time. */
async function settle(world: World, pinner: Pinner): Promise<void> {
  let isSettled = false;
  const settled = pinner.settled().then(() => {
    isSettled = true;
  });
  while (!isSettled) await world.clock.advance(1_000);
  await settled;
}

describe("a pinner", () => {
  it("holds manifest, version and bundles of every epoch, of those too that were before it came", async () => {
    const world = new World();
    const [trainer] = await donors(world);
    await closeEpoch(world, trainer, 0);
    await closeEpoch(world, trainer, 1);
    const late = await world.addNode("late");
    await world.clock.advance(15_000);
    const pinner = pinnerOf(late);
    await pinner.start();
    await settle(world, pinner);
    expect(pinner.state.value).toMatchObject({ epoch: 1, missing: [] });
    const { has } = held(late);
    const made = await bundles(late);
    expect(made).toHaveLength(2);
    for (const bundle of made) expect(await has(bundle)).toBe(true);
    for (const { manifestCid, state } of await late.store.listEpochs(9)) {
      expect(await has(manifestCid)).toBe(true);
      expect(await has(decodeState(state).modelVersion)).toBe(true);
    }
    await pinner.stop();
  });

  it("goes on asking for what nobody gave, also after a restart", async () => {
    const world = new World();
    const [trainer, second] = await donors(world);
    if (second === undefined) throw new Error("expected a second node");
    await closeEpoch(world, trainer, 0);
    const [bundle = ""] = await bundles(second);
    await second.dependencies.artifacts.delete(bundle);
    world.network.setOnline(second.dependencies.identity.nodeId, false);
    const alone = pinnerOf(second);
    await alone.start();
    await settle(world, alone);
    expect(alone.state.value).toMatchObject({ epoch: 0, missing: [bundle] });
    await alone.stop();

    world.network.setOnline(second.dependencies.identity.nodeId, true);
    const again = pinnerOf(second);
    await again.start();
    await settle(world, again);
    expect(again.state.value).toMatchObject({ epoch: 0, missing: [] });
    expect(await held(second).has(bundle)).toBe(true);
    await again.stop();
  });

  it("fetches nothing that its policy has no room for, and what is here already all the same counts", async () => {
    const world = new World();
    const [trainer, second] = await donors(world);
    if (second === undefined) throw new Error("expected a second node");
    await closeEpoch(world, trainer, 0);
    const [bundle = ""] = await bundles(second);
    await second.dependencies.artifacts.delete(bundle);
    const asked: Cid[] = [];
    const pinner = pinnerOf(second, async (_, cid) => {
      asked.push(cid);
      return false;
    });
    await pinner.start();
    await settle(world, pinner);
    expect(asked).toEqual([bundle]);
    expect(await held(second).has(bundle)).toBe(false);
    expect(pinner.state.value.held).toBeGreaterThan(0);
    await pinner.stop();
  });
});

function held({ dependencies }: SimulatedNode): { has(cid: Cid): Promise<boolean> } {
  return { has: (cid) => dependencies.artifacts.has(cid) };
}
