import { expect, vi } from "vitest";
import { createIdentity } from "../../src/core/identity.ts";
import { createDocuments } from "../../src/p2p/documents/documents.ts";
import { type DocumentsDevice, describeDocuments } from "../../src/ports/acceptance/documents.ts";
import { ManualClock } from "../adapters/clock.ts";
import { SeededRandom } from "../adapters/random.ts";
import { MemoryDisk, MemoryStore } from "../adapters/store.ts";
import { HonestNode, NETWORK } from "./honest.ts";
import { link } from "./mesh-node.ts";

const REACHED = "/parley/reached";

/** Both hear what the other subscribes to: only then are they in reach of each other. */
async function linked(node: HonestNode, other: HonestNode): Promise<void> {
  await link(node.libp2p, other.libp2p);
  const hears = ({ libp2p }: HonestNode, whom: HonestNode): boolean =>
    libp2p.services.pubsub.getSubscribers(REACHED).some((peer) => peer.equals(whom.libp2p.peerId));
  await vi.waitFor(() => expect([hears(node, other), hears(other, node)]).toEqual([true, true]), {
    timeout: 40_000,
    interval: 5,
  });
}

let lives = 0;

describeDocuments("over GossipSub, links in memory", async () => {
  const clock = new ManualClock(1_000_000);
  const disks = new Map<string, MemoryDisk>();
  const running = new Map<DocumentsDevice, HonestNode>();

  const stop = async (device: DocumentsDevice): Promise<void> => {
    const node = running.get(device);
    running.delete(device);
    await device.documents.stop();
    await node?.libp2p.stop();
  };
  return {
    async join(name) {
      const life = `${name}-${lives++}`;
      const node = await HonestNode.start(life, "all");
      node.gossip.subscribe(REACHED, async () => undefined);
      await Promise.all([...running.values()].map((other) => linked(node, other)));
      const disk = disks.get(name) ?? new MemoryDisk();
      disks.set(name, disk);
      const identity = createIdentity(new SeededRandom(name).bytes(32));
      const documents = await createDocuments({
        identity,
        gossip: node.gossip,
        store: new MemoryStore(disk),
        clock,
        random: new SeededRandom(life),
        network: NETWORK,
      });
      const device = { nodeId: identity.nodeId, documents };
      running.set(device, node);
      return device;
    },
    leave: stop,
    advance: (ms) => clock.advance(ms),
    dispose: async () => {
      await Promise.all([...running.keys()].map(stop));
    },
  };
});
