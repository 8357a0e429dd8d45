import { beforeEach, describe, expect, it } from "vitest";
import type { ArchivedEpoch } from "../src/ports/log-sync.ts";
import { type SimulatedNode, World } from "./world.ts";

const AWAY_EPOCHS = 10;

let world: World;
let donors: readonly SimulatedNode[];

async function epochs(from: number, count: number): Promise<void> {
  for (let epoch = from; epoch < from + count; epoch++) {
    await world.advanceToEpoch(epoch);
    await world.clock.advance(2_000);
    const trainer = donors[epoch % donors.length];
    await trainer?.store.putPair({
      id: `pair ${epoch}`,
      prompt: `Question ${epoch}`,
      answer: "Answer",
      createdAtMs: epoch,
    });
    await trainer?.runner.train().catch(() => undefined);
  }
  await world.advanceToEpoch(from + count);
  await world.clock.advance(5_000);
}

const headOf = ({ runner }: SimulatedNode) => runner.ledger.head.value;
const nodeIdOf = ({ dependencies }: SimulatedNode) => dependencies.identity.nodeId;
const rootsOf = (nodes: readonly SimulatedNode[]) => new Set(nodes.map((node) => headOf(node).root));
const followedBy = ({ runner }: SimulatedNode) => runner.status.value.followedFromArchives ?? 0;
const namedBy = async (node: SimulatedNode | undefined, root: string): Promise<readonly ArchivedEpoch[]> =>
  (await node?.runner.log.archivesAfter(root)) ?? [];

async function messagesOf({ store }: SimulatedNode): Promise<number> {
  return [...(await store.logHeads()).values()].reduce((sum, count) => sum + count, 0);
}

describe("a node that was away", { timeout: 90_000 }, () => {
  let away: SimulatedNode;

  beforeEach(async () => {
    world = new World();
    const nodes: SimulatedNode[] = [];
    for (let index = 0; index < 4; index++) nodes.push(await world.addNode(`node ${index}`));
    donors = nodes;
    for (const { runner } of donors) await runner.startDonating();
    away = await world.addNode("away");
    await epochs(0, 1);
    world.network.setOnline(nodeIdOf(away), false);
    const before = headOf(away).root;
    // An epoch in which nothing was worth closing is no epoch to follow.
    for (let epoch = 1; (await namedBy(donors[0], before)).length < AWAY_EPOCHS; epoch++) {
      await epochs(epoch, 1);
    }
  }, 90_000);

  it("follows ten epochs from archives, and has all logs afterwards", async () => {
    world.network.setOnline(nodeIdOf(away), true);
    await world.clock.advance(5_000);
    expect(rootsOf([away, ...donors]).size).toBe(1);
    expect(followedBy(away)).toBe(AWAY_EPOCHS);
    expect(away.runner.status.value.catchUp).toBeUndefined();
    await world.clock.advance(5_000);
    const counts = await Promise.all([away, ...donors].map(messagesOf));
    expect(new Set(counts).size).toBe(1);
  });

  it("names the same archives as everybody, and gives them on", async () => {
    const root = headOf(away).root;
    world.network.setOnline(nodeIdOf(away), true);
    await world.clock.advance(5_000);
    const own = await namedBy(away, root);
    expect(own).toHaveLength(AWAY_EPOCHS);
    for (const donor of donors) expect(await namedBy(donor, root)).toEqual(own);
    // All others go: who comes now has it from the one that was away.
    for (const donor of donors) world.network.setOnline(nodeIdOf(donor), false);
    const newcomer = await world.addNode("newcomer");
    await world.clock.advance(5_000);
    expect(headOf(newcomer).root).toBe(headOf(away).root);
    expect(followedBy(newcomer)).toBe(AWAY_EPOCHS + 1);
  });

  it("goes on with other peers when those that it began with leave in the middle", async () => {
    const [first, ...others] = donors;
    for (const donor of others) world.network.setOnline(nodeIdOf(donor), false);
    const stopWatching = away.runner.status.subscribe(({ catchUp }) => {
      if (catchUp?.done !== 4 || first === undefined) return;
      world.network.setOnline(nodeIdOf(first), false);
      for (const donor of others) world.network.setOnline(nodeIdOf(donor), true);
    });
    world.network.setOnline(nodeIdOf(away), true);
    await world.clock.advance(10_000);
    stopWatching();
    expect(rootsOf([away, ...others]).size).toBe(1);
    expect(followedBy(away)).toBe(AWAY_EPOCHS);
  });

  it("refuses a liar's list by name, and follows the others' all the same", async () => {
    const honest = await namedBy(donors[0], headOf(away).root);
    const [one, two, three] = honest;
    if (one === undefined || two === undefined || three === undefined) throw new Error("too few epochs");
    // The longest list is followed first: all of these promise more epochs than there are.
    const promised = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ ...three, epoch: three.epoch + 1_000 + at }));
    const swapping = await world.addNode("names another's archive");
    swapping.network.logSync.names = [
      one,
      { ...two, archiveCid: three.archiveCid },
      ...honest.slice(2),
      ...promised(3),
    ];
    const skipping = await world.addNode("skips an epoch");
    skipping.network.logSync.names = [...honest.slice(0, 4), ...honest.slice(5), ...promised(3)];
    const inventing = await world.addNode("names what nobody has");
    inventing.network.logSync.names = [
      ...honest.map((named) => ({ ...named, archiveCid: named.messageSetCid })),
      ...promised(1),
    ];
    world.network.setOnline(nodeIdOf(away), true);
    await world.clock.advance(10_000);
    expect(rootsOf([away, ...donors]).size).toBe(1);
    const codesOf = (node: SimulatedNode) =>
      away.network.logSync.refused
        .filter(({ peer }) => peer === nodeIdOf(node))
        .map(({ error }) => error.code);
    expect(codesOf(swapping)).toEqual(["wrong-archive"]);
    expect(codesOf(skipping)).toEqual(["wrong-chain"]);
    expect(codesOf(inventing)).toContain("archive-missing");
    for (const donor of donors) expect(codesOf(donor)).toEqual([]);
  });

  it("gets everything by log sync when its user cancels", async () => {
    away.runner.status.subscribe(({ catchUp }) => {
      if (catchUp?.done === 2) away.runner.cancelCatchUp();
    });
    world.network.setOnline(nodeIdOf(away), true);
    await world.clock.advance(10_000);
    expect(rootsOf([away, ...donors]).size).toBe(1);
    expect(followedBy(away)).toBeLessThan(4);
    expect(away.runner.status.value.catchUp).toBeUndefined();
  });

  it("goes on after a reload with the epochs that are left", async () => {
    const stopWatching = away.runner.status.subscribe(({ catchUp }) => {
      if (catchUp?.done !== 5) return;
      world.network.setOnline(nodeIdOf(away), false);
    });
    world.network.setOnline(nodeIdOf(away), true);
    await world.clock.advance(10_000);
    stopWatching();
    const followed = followedBy(away);
    expect(followed).toBe(5);
    await world.kill(away);
    world.network.setOnline(nodeIdOf(away), true);
    const again = await world.addNode("away", away.disk);
    await world.clock.advance(10_000);
    expect(rootsOf([again, ...donors]).size).toBe(1);
    expect(followedBy(again)).toBe(AWAY_EPOCHS - followed);
  });
});
