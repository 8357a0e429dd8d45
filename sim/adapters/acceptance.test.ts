import type { NodeId } from "../../src/core/primitives.ts";
import { describeArtifacts } from "../../src/ports/acceptance/artifacts.ts";
import { describeClock } from "../../src/ports/acceptance/clock.ts";
import { describeGossip } from "../../src/ports/acceptance/gossip.ts";
import { describeLogSync } from "../../src/ports/acceptance/log-sync.ts";
import { describeRandom } from "../../src/ports/acceptance/random.ts";
import { describeStore } from "../../src/ports/acceptance/store.ts";
import { systemClock } from "../../src/store/system.ts";
import { ManualClock } from "./clock.ts";
import { MemoryNetwork } from "./network/network.ts";
import { SeededRandom } from "./random.ts";
import { MemoryDisk, MemoryStore } from "./store.ts";

const nodeIdAt = (index: number): NodeId => (index + 1).toString(16).padStart(64, "0");

function networkOf(count: number) {
  const network = new MemoryNetwork({ clock: systemClock });
  return Array.from({ length: count }, (_, index) => network.join(nodeIdAt(index)));
}

describeClock("manual", async () => {
  const clock = new ManualClock(1_000);
  return { clock, advance: (ms) => clock.advance(ms), dispose: async () => {} };
});

describeRandom("seeded", async () => ({ random: new SeededRandom(1), dispose: async () => {} }));

describeStore("memory", async () => {
  const disk = new MemoryDisk();
  return { store: new MemoryStore(disk), reopen: async () => new MemoryStore(disk), dispose: async () => {} };
});

describeGossip("memory", async (count) => ({ peers: networkOf(count), dispose: async () => {} }));

describeArtifacts("memory", async (count) => ({
  peers: networkOf(count).map(({ artifacts }) => artifacts),
  dispose: async () => {},
}));

describeLogSync("memory", async (sources) => {
  const peers = networkOf(sources.length);
  for (const [index, source] of sources.entries()) await peers[index]?.logSync.start(source);
  return { peers, dispose: async () => {} };
});
