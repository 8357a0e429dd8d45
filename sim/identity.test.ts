import { describe, expect, it } from "vitest";
import { keepImport } from "../src/app/identity/own-log-guard.ts";
import { LIMITS } from "../src/core/limits.ts";
import type { Cid } from "../src/core/primitives.ts";
import { SeededRandom } from "./adapters/random.ts";
import { MemoryDisk, MemoryStore } from "./adapters/store.ts";
import { type SimulatedNode, World } from "./world.ts";

const PROPOSAL: Cid = "bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const PEERS = ["ben", "cem", "dan"];
const TICKS_MS = 30_000;

/** How far the imported log reaches on the new device's disk, of what the old device wrote. */
const STALE = [0, 2, 5] as const;

describe("an imported identity", () => {
  for (const copied of STALE) {
    it(`never forks its log with ${copied} of 5 messages at hand: it learns the rest from its peers, then goes on`, async () => {
      const world = new World();
      const { peers, disk } = await writtenThenGone(world, copied);
      const again = await world.addNode("ann", disk);
      const forks = watchForks([...peers, again]);
      expect(again.runner.ownLog.state.value.state).toBe("recovering");
      await expect(vote(again)).rejects.toThrow(expect.objectContaining({ code: "log-recovering" }));
      await world.clock.advance(TICKS_MS);
      expect(again.runner.ownLog.state.value).toEqual({ state: "settled" });
      const { message } = await vote(again);
      expect(message.envelope.sequence).toBe(5);
      await world.clock.advance(TICKS_MS);
      for (const peer of peers) expect(await lengthOf(peer, again)).toBe(6);
      expect(forks()).toBe(0);
    });
  }

  it("stays silent while too few peers are in reach, however long", async () => {
    const world = new World();
    const { peers, disk } = await writtenThenGone(world, 0);
    for (const peer of peers.slice(LIMITS.recoveryPeers - 1)) await world.kill(peer);
    const again = await world.addNode("ann", disk);
    await world.clock.advance(10 * TICKS_MS);
    await expect(vote(again)).rejects.toThrow(expect.objectContaining({ code: "log-recovering" }));
    expect(again.runner.ownLog.state.value).toMatchObject({
      held: 5,
      peersCompared: LIMITS.recoveryPeers - 1,
    });
    await again.runner.ownLog.confirmAlone();
    expect((await vote(again)).message.envelope.sequence).toBe(5);
  });

  it("would fork without that rule: the same device, not told that its identity comes from elsewhere", async () => {
    const world = new World();
    const { peers } = await writtenThenGone(world, 0);
    const forks = watchForks(peers);
    const again = await world.addNode("ann", new MemoryDisk());
    const { message } = await vote(again);
    expect(message.envelope.sequence).toBe(0);
    await world.clock.advance(TICKS_MS);
    expect(forks()).toBeGreaterThan(0);
  });
});

/** Ann writes five messages that all her peers hold, and her device is gone; her new one holds the first few of them. */
async function writtenThenGone(world: World, copied: number) {
  const peers: SimulatedNode[] = [];
  for (const name of PEERS) peers.push(await world.addNode(name));
  const ann = await world.addNode("ann");
  for (let written = 0; written < 5; written++) await vote(ann);
  await world.clock.advance(TICKS_MS);
  for (const peer of peers) expect(await lengthOf(peer, ann)).toBe(5);
  const { nodeId } = ann.dependencies.identity;
  const kept = await ann.store.messagesOfAuthor(nodeId, 0, copied);
  await world.kill(ann);
  const disk = new MemoryDisk();
  const store = new MemoryStore(disk);
  for (const message of kept) await store.addMessage(message);
  const record = { atMs: world.clock.nowMs(), heads: [], isFinal: false, isMovedAway: false };
  await keepImport(store, new SeededRandom("import"), nodeId, record);
  await store.close();
  return { peers, disk };
}

function vote({ runner }: SimulatedNode) {
  return runner.log.append("ballot", { proposal: PROPOSAL, choice: "for" });
}

async function lengthOf({ store }: SimulatedNode, { dependencies }: SimulatedNode): Promise<number> {
  return (await store.logHeads()).get(dependencies.identity.nodeId) ?? 0;
}

/** Counts the messages that have the place of a held one in their author's log: each is evidence against its author. */
function watchForks(nodes: readonly SimulatedNode[]): () => number {
  let forks = 0;
  for (const { runner } of nodes) runner.log.onFork(() => forks++);
  return () => forks;
}
