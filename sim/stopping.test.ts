import { describe, expect, it } from "vitest";
import { Governance } from "../src/app/governance/governance-service.ts";
import { Outbox } from "../src/app/outbox/outbox.ts";
import type { Store } from "../src/ports/store.ts";
import { MemoryDisk, MemoryStore } from "./adapters/store.ts";
import { turn } from "./engine/turn.ts";
import { World } from "./world.ts";

const PAIR = { id: "pair", prompt: "What is an epoch?", answer: "A minute of work.", createdAtMs: 1 };
/** Of the event loop; more than anything that was left behind needs to come to its next read. */
const TURNS_AFTER = 40;

/** A store that answers a turn of the event loop later, as a disk does, and notes what is asked of it after its end. */
function watchedStore(disk: MemoryDisk): { store: Store; late: string[]; end(): void } {
  const late: string[] = [];
  let isEnded = false;
  const store = new Proxy<Store>(new MemoryStore(disk), {
    get(target, name) {
      const operation: unknown = Reflect.get(target, name);
      if (typeof operation !== "function") return operation;
      return async (...values: readonly unknown[]) => {
        if (isEnded) late.push(String(name));
        await turn();
        return Reflect.apply(operation, target, values);
      };
    },
  });
  return {
    store,
    late,
    end: () => {
      isEnded = true;
    },
  };
}

/** A donor among three others with a delta under way, `afterMs` into the first epoch. */
async function donorAt(afterMs: number) {
  const world = new World();
  const watched = watchedStore(new MemoryDisk());
  const node = await world.addNode("stops", new MemoryDisk(), { store: watched.store });
  const nodes = [node];
  for (const name of ["second", "third", "fourth"]) nodes.push(await world.addNode(name));
  const outbox = new Outbox(node.dependencies, node.runner);
  const governance = new Governance(node.dependencies, node.runner, outbox);
  await outbox.start();
  await governance.start();
  for (const { runner } of nodes) await runner.startDonating();
  await nodes[1]?.store.putPair(PAIR);
  await world.advanceToEpoch(0);
  await world.clock.advance(2_000);
  await nodes[1]?.runner.train();
  await world.clock.advance(afterMs);
  return { world, node, watched, outbox, governance };
}

/** Nine small networks, also on a machine that does other things as well. */
describe("a node that stops", { timeout: 120_000 }, () => {
  it("reads and writes nothing more once it has settled, and tells of no failure, wherever it was", async () => {
    for (let afterMs = 0; afterMs <= 64_000; afterMs += 8_000) {
      const { world, node, watched, outbox, governance } = await donorAt(afterMs);
      const { runner, dependencies } = node;
      runner.tick();
      await turn();
      runner.stop();
      world.network.leave(dependencies.identity.nodeId);
      await governance.stop();
      await outbox.stop();
      await runner.settled();
      watched.end();
      const told = runner.events.value.length;
      for (let turns = 0; turns < TURNS_AFTER; turns++) await turn();
      expect({ afterMs, late: watched.late }).toEqual({ afterMs, late: [] });
      expect(runner.events.value.slice(told)).toEqual([]);
    }
  });
});
