import { describe, expect, it } from "vitest";
import { type Claim, PINS } from "../src/app/content/claims.ts";
import { ContentKeeper, type KeeperDependencies } from "../src/app/content/keeper.ts";
import { Subject } from "../src/app/observable.ts";
import { Scheduler } from "../src/app/scheduler/scheduler.ts";
import { encodeCbor } from "../src/core/codec/dag-cbor.ts";
import { LIMITS } from "../src/core/limits.ts";
import type { Cid, NodeId } from "../src/core/primitives.ts";
import { ManualClock, settle } from "./adapters/clock.ts";
import { SimulatedDevice } from "./adapters/device.ts";
import { MemoryNetwork } from "./adapters/network/network.ts";
import { SeededRandom } from "./adapters/random.ts";
import { SimulatedSpace } from "./adapters/space.ts";
import { MemoryDisk, MemoryStore } from "./adapters/store.ts";

const nodeIdAt = (index: number): NodeId => index.toString(16).padStart(64, "0");
const MINUTE_MS = 60_000;

interface Kept {
  readonly nodeId: NodeId;
  readonly keeper: ContentKeeper;
  readonly disk: MemoryDisk;
}

class World {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork({ clock: this.clock });
  /** What the network keeps together. */
  readonly claims: Claim[] = [];
  readonly space = new SimulatedSpace(3 * 1024 * 1024 * 1024);

  async join(index: number, more: Partial<KeeperDependencies> = {}, disk = new MemoryDisk()): Promise<Kept> {
    const nodeId = nodeIdAt(index);
    const { artifacts, content } = this.network.nodes.get(nodeId) ?? this.network.join(nodeId);
    const keeper = new ContentKeeper({
      artifacts,
      content,
      store: new MemoryStore(disk),
      clock: this.clock,
      random: new SeededRandom(`keeper ${index}`),
      space: this.space,
      self: nodeId,
      peers: () => this.network.neighbours(nodeId).map((neighbour) => neighbour.nodeId),
      claims: async () => this.claims,
      ...more,
    });
    await keeper.start();
    return { nodeId, keeper, disk };
  }

  /** Lets so much time pass, in which timers and what they begin run. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) await this.clock.advance(1_000);
  }

  holdersOf(cid: Cid): NodeId[] {
    return [...this.network.nodes.values()]
      .filter(({ nodeId, artifacts }) => this.network.isOnline(nodeId) && artifacts.list().includes(cid))
      .map(({ nodeId }) => nodeId);
  }
}

function block(name: string, bytes = 1_000): Uint8Array {
  const content = new Uint8Array(bytes);
  content.set(new TextEncoder().encode(name));
  return encodeCbor(content);
}

describe("content that the network keeps together", () => {
  it("survives when its holders leave one after another, and is not fetched by everybody", async () => {
    const world = new World();
    const nodes: Kept[] = [];
    for (let index = 0; index < 12; index++) nodes.push(await world.join(index));
    const [author] = nodes;
    const cids: Cid[] = [];
    for (let index = 0; index < 10; index++) {
      const cid = (await author?.keeper.artifacts.put(block(`bundle ${index}`))) ?? "";
      cids.push(cid);
      world.claims.push({ cid, pin: "recent", epoch: 1 });
    }
    await world.pass(2 * MINUTE_MS);
    for (const cid of cids) {
      expect(world.holdersOf(cid).length).toBeGreaterThanOrEqual(LIMITS.contentHolders);
      expect(world.holdersOf(cid).length).toBeLessThanOrEqual(LIMITS.contentHolders + 1);
    }
    // Those who left are gone for good. Eight of twelve go, holders of the first block before others.
    const [first = ""] = cids;
    for (let gone = 0; gone < 8; gone++) {
      const [leaver] = [...world.holdersOf(first), ...world.network.nodes.keys()];
      const leaving = nodes.find(({ nodeId }) => nodeId === leaver);
      await Promise.all([leaving?.keeper.stop(), world.pass(500)]);
      world.network.leave(leaver ?? "");
      await world.pass(2 * MINUTE_MS);
      const expected = Math.min(LIMITS.contentHolders, world.network.nodes.size);
      for (const cid of cids) expect(world.holdersOf(cid).length).toBeGreaterThanOrEqual(expected);
    }
    expect(world.network.nodes.size).toBe(4);
  });

  it("is repaired after the only holders but one slept, and what is over the target becomes cache", async () => {
    const world = new World();
    const nodes: Kept[] = [];
    for (let index = 0; index < 8; index++) nodes.push(await world.join(index));
    const cid = (await nodes[0]?.keeper.artifacts.put(block("bundle"))) ?? "";
    world.claims.push({ cid, pin: "recent", epoch: 1 });
    await world.pass(2 * MINUTE_MS);
    const asleep = world.holdersOf(cid).slice(1);
    for (const nodeId of asleep) world.network.setOnline(nodeId, false);
    await world.pass(3 * MINUTE_MS);
    expect(world.holdersOf(cid).length).toBeGreaterThanOrEqual(LIMITS.contentHolders);
    for (const nodeId of asleep) world.network.setOnline(nodeId, true);
    await world.pass(3 * MINUTE_MS);
    const pinning = nodes.filter(({ keeper }) =>
      keeper.state.value?.pinned.some(({ pin }) => pin === "replica"),
    );
    expect(world.holdersOf(cid).length).toBeGreaterThan(LIMITS.contentHolders);
    expect(pinning.length).toBe(LIMITS.contentHolders);
  });

  it("a peer that serves all holds everything, whoever else does", async () => {
    const world = new World();
    for (let index = 0; index < 8; index++) await world.join(index);
    const pinner = await world.join(99, { keepsAll: true });
    for (let index = 0; index < 5; index++) {
      const cid = await world.network.nodes.get(nodeIdAt(0))?.artifacts.put(block(`bundle ${index}`));
      world.claims.push({ cid: cid ?? "", pin: "recent", epoch: 1 });
    }
    await world.pass(2 * MINUTE_MS);
    for (const { cid } of world.claims) expect(world.holdersOf(cid)).toContain(pinner.nodeId);
  });
});

describe("copies for others", () => {
  /** A node under a schedule, a block that it lacks and the network keeps together, and one that it needs itself. */
  async function lacking(): Promise<{
    world: World;
    device: SimulatedDevice;
    scheduler: Scheduler;
    holds: () => Promise<{ others: boolean; own: boolean }>;
    transfers: () => readonly { state: string; reason?: string }[];
  }> {
    const world = new World();
    const device = new SimulatedDevice({ metered: true });
    const scheduler = new Scheduler({
      store: new MemoryStore(new MemoryDisk()),
      clock: world.clock,
      device,
      ownerIsBusy: new Subject(false),
      minuteOfDay: () => 720,
    });
    await scheduler.start();
    const author = world.network.join(nodeIdAt(1));
    const others = await author.artifacts.put(block("bundle"));
    const own = await author.artifacts.put(block("model version"));
    world.claims.push({ cid: others, pin: "recent", epoch: 1 }, { cid: own, pin: "head", epoch: 1 });
    const { artifacts } = world.network.join(nodeIdAt(2));
    await world.join(2, { scheduler });
    return {
      world,
      device,
      scheduler,
      holds: async () => ({ others: await artifacts.has(others), own: await artifacts.has(own) }),
      transfers: () => scheduler.state.value.lanes.flatMap(({ works }) => works),
    };
  }

  it("wait while the connection is metered, and what the node itself needs does not", async () => {
    const { world, device, holds, transfers } = await lacking();
    await world.pass(3 * MINUTE_MS);
    expect(await holds()).toEqual({ others: false, own: true });
    expect(transfers()).toMatchObject([{ kind: "transfer", state: "waiting", reason: "metered" }]);
    device.set({ metered: false });
    await world.pass(MINUTE_MS);
    expect(await holds()).toEqual({ others: true, own: true });
    expect(transfers()).toEqual([]);
  });

  it("end when everything is stopped, and are made when donating begins again", async () => {
    const { world, device, scheduler, holds, transfers } = await lacking();
    await world.pass(5_000);
    await scheduler.stopEverything();
    device.set({ metered: false });
    await world.pass(3 * MINUTE_MS);
    expect((await holds()).others).toBe(false);
    expect(transfers()).toEqual([]);
    await scheduler.setDonating(true);
    await world.pass(2 * MINUTE_MS);
    expect((await holds()).others).toBe(true);
  });

  it("are left when the connection becomes metered meanwhile, and come at a later review", async () => {
    const { world, device, holds, transfers } = await lacking();
    await world.pass(1_000);
    device.set({ metered: false });
    // Before the copy, which waits for a moment in case somebody else makes it.
    await settle();
    expect(transfers()).toMatchObject([{ kind: "transfer", state: "running" }]);
    device.set({ metered: true });
    await world.pass(3 * MINUTE_MS);
    expect((await holds()).others).toBe(false);
    device.set({ metered: false });
    await world.pass(2 * MINUTE_MS);
    expect((await holds()).others).toBe(true);
  });
});

describe("what a node keeps", () => {
  it("what is pinned stays and the rest goes by age of use when the quota is passed", async () => {
    const world = new World();
    world.space.quotaBytes = 3 * 100_000;
    const { keeper } = await world.join(1);
    for (const [index, pin] of PINS.filter((one) => one !== "shared").entries()) {
      const cid = await keeper.artifacts.put(block(`pinned ${pin}`, 10_000));
      world.claims.push({ cid, pin, epoch: index });
    }
    const shared = await keeper.shared.put(block("shared", 10_000));
    await world.pass(10_000);
    const loose: Cid[] = [];
    for (let index = 0; index < 8; index++) {
      loose.push(await keeper.artifacts.put(block(`loose ${index}`, 5_000)));
      await world.pass(1_000);
    }
    await keeper.artifacts.get(loose[3] ?? "");
    await world.pass(2 * MINUTE_MS);
    const held = new Set(world.network.nodes.get(nodeIdAt(1))?.artifacts.list());
    for (const { cid } of world.claims) expect(held.has(cid)).toBe(true);
    expect(held.has(shared)).toBe(true);
    expect(keeper.state.value?.keptBytes).toBeLessThanOrEqual(100_000);
    expect(loose.map((cid) => held.has(cid))).toEqual([false, false, false, true, true, true, true, true]);
  });

  it("a full disk is told of only after room was made and it was tried again", async () => {
    const world = new World();
    const { keeper, nodeId } = await world.join(1);
    const { artifacts } = world.network.nodes.get(nodeId) ?? world.network.join(nodeId);
    artifacts.roomBytes = 100_000;
    const old = await keeper.artifacts.put(block("old", 60_000));
    await world.pass(1_000);
    const cid = await keeper.artifacts.put(block("new", 60_000));
    expect(artifacts.list()).toEqual([cid]);
    expect(await keeper.artifacts.has(old)).toBe(false);
    world.claims.push({ cid, pin: "own", epoch: 1 });
    await keeper.review();
    const more = keeper.artifacts.put(block("more", 60_000));
    await expect(more).rejects.toMatchObject({ data: { code: "storage-full" } });
    expect(artifacts.list()).toEqual([cid]);
  });

  it("records and blocks agree again after a crash, and blocks older than the records are adopted", async () => {
    const world = new World();
    const { artifacts } = world.network.join(nodeIdAt(1));
    const before = await artifacts.put(block("before there were records"));
    const first = await world.join(1);
    expect(first.keeper.state.value?.error).toBeUndefined();
    const lost = await first.keeper.artifacts.put(block("record without block"));
    await first.keeper.stop();
    await artifacts.delete(lost);
    const unknown = await artifacts.put(block("block without record"));
    const again = await world.join(1, {}, first.disk);
    await world.pass(5_000);
    const records = await new MemoryStore(first.disk).listBlocks();
    expect(records.map(({ cid }) => cid).sort()).toEqual([before, unknown].sort());
    expect(again.keeper.state.value?.blocks).toBe(2);
  });

  it("freeing up deletes all that nobody needs, at once", async () => {
    const world = new World();
    const { keeper } = await world.join(1);
    const own = await keeper.artifacts.put(block("own"));
    world.claims.push({ cid: own, pin: "own", epoch: 1 });
    await keeper.artifacts.put(block("cache", 5_000));
    const freed = await keeper.freeUp();
    expect(freed).toBeGreaterThan(5_000);
    expect(await world.network.nodes.get(nodeIdAt(1))?.artifacts.list()).toEqual([own]);
  });

  it("the quota that the user chose outlives a restart", async () => {
    const world = new World();
    const first = await world.join(1);
    await first.keeper.setQuota(200 * 1024 * 1024);
    await first.keeper.stop();
    const again = await world.join(1, {}, first.disk);
    await world.pass(2_000);
    expect(again.keeper.state.value?.quotaBytes).toBe(200 * 1024 * 1024);
    await again.keeper.setQuota(undefined);
    expect(again.keeper.state.value?.quotaBytes).toBe(1024 * 1024 * 1024);
  });
});
