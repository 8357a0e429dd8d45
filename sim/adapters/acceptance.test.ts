import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { operatorAddress } from "../../src/core/epoch/root.ts";
import type { NodeId } from "../../src/core/primitives.ts";
import { describeArtifacts } from "../../src/ports/acceptance/artifacts.ts";
import { describeChain } from "../../src/ports/acceptance/chain.ts";
import { describeAnchors } from "../../src/ports/acceptance/chain-anchors.ts";
import { describeChainDisputes } from "../../src/ports/acceptance/chain-disputes.ts";
import { describeStaking } from "../../src/ports/acceptance/chain-staking.ts";
import { describeClock } from "../../src/ports/acceptance/clock.ts";
import { describeContent } from "../../src/ports/acceptance/content.ts";
import { describeDevice } from "../../src/ports/acceptance/device.ts";
import { describeGossip } from "../../src/ports/acceptance/gossip.ts";
import { describeLogSync } from "../../src/ports/acceptance/log-sync.ts";
import { describeRandom } from "../../src/ports/acceptance/random.ts";
import { describeStorageSpace } from "../../src/ports/acceptance/storage-space.ts";
import { describeStore } from "../../src/ports/acceptance/store.ts";
import { describeWallet } from "../../src/ports/acceptance/wallet.ts";
import { systemClock } from "../../src/store/system.ts";
import { Blocks, MeshArtifacts } from "../engine/blocks.ts";
import { Mesh } from "../engine/mesh.ts";
import { MeshGossip } from "../engine/mesh-gossip.ts";
import { MeshLogSyncs } from "../engine/mesh-links.ts";
import { EventQueue } from "../engine/queue.ts";
import { SharedWork } from "../engine/shared-work.ts";
import { simulatedGenesis } from "../genesis.ts";
import { MemoryChain } from "./chain/chain.ts";
import { createMemoryOperator } from "./chain/operator.ts";
import { MemoryWallet } from "./chain/wallet.ts";
import { ManualClock } from "./clock.ts";
import { SimulatedDevice } from "./device.ts";
import { MemoryNetwork } from "./network/network.ts";
import { SeededRandom } from "./random.ts";
import { SimulatedSpace } from "./space.ts";
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

describeDevice("simulated", async () => {
  const device = new SimulatedDevice();
  let levelPpm = 1_000_000;
  return {
    device,
    change: async () => {
      levelPpm -= 100_000;
      device.set({ battery: { levelPpm, charging: false } });
    },
    wakeLock: {
      lose: async () => device.loseScreen(),
      refuse: () => {
        device.keepsAwake = false;
      },
    },
    dispose: async () => {},
  };
});

describeStorageSpace("simulated", async () => ({
  space: new SimulatedSpace(3_000_000),
  platform: { usedBytes: 0, quotaBytes: 3_000_000 },
  dispose: async () => {},
}));

describeStore("memory", async () => {
  const disk = new MemoryDisk();
  return { store: new MemoryStore(disk), reopen: async () => new MemoryStore(disk), dispose: async () => {} };
});

/** The simulator's mesh on the wall clock: its queue follows the clock as it goes. */
function meshOf(count: number) {
  const queue = new EventQueue(systemClock.nowMs());
  const network = genesisCid(GENESIS);
  const work = new SharedWork(GENESIS, network, "acceptance");
  const nodeIds = Array.from({ length: count }, (_, index) => nodeIdAt(index));
  const mesh = new Mesh({ queue, work, seed: "acceptance", nodeIds });
  const follow = setInterval(() => {
    for (
      let next = queue.nextMs();
      next !== undefined && next <= systemClock.nowMs();
      next = queue.nextMs()
    ) {
      queue.runNext(mesh.arrive);
    }
    queue.skipTo(systemClock.nowMs());
  }, 5);
  return { mesh, dispose: async () => clearInterval(follow) };
}

describeGossip("mesh", async (count) => {
  const { mesh, dispose } = meshOf(count);
  const gossips = mesh.nodeIds.map((_, index) => new MeshGossip(mesh, index));
  mesh.nodeIds.forEach((nodeId, index) => {
    mesh.attach(index, {
      nodeId,
      receive: (packet, from) => {
        void gossips[index]?.receive(packet, from);
        return false;
      },
    });
  });
  return {
    peers: gossips.map((gossip, index) => ({ nodeId: nodeIdAt(index), gossip })),
    dispose,
  };
});

describeArtifacts("mesh", async (count) => {
  const { mesh, dispose } = meshOf(count);
  const blocks = new Blocks(mesh);
  mesh.nodeIds.forEach((nodeId, index) => {
    mesh.attach(index, { nodeId, receive: () => false });
  });
  return { peers: mesh.nodeIds.map((_, index) => new MeshArtifacts(blocks, index, mesh.queue)), dispose };
});

describeLogSync("mesh", async (sources) => {
  const { mesh, dispose } = meshOf(sources.length);
  const syncs = new MeshLogSyncs(mesh);
  const peers = mesh.nodeIds.map((nodeId, index) => ({
    nodeId,
    logSync: syncs.join(index, mesh.queue, true).logSync,
  }));
  for (const [index, source] of sources.entries()) {
    mesh.attach(index, { nodeId: nodeIdAt(index), receive: () => false });
    await peers[index]?.logSync.start(source);
  }
  return { peers, dispose };
});

describeGossip("memory", async (count) => ({ peers: networkOf(count), dispose: async () => {} }));

describeArtifacts("memory", async (count) => ({
  peers: networkOf(count).map(({ artifacts }) => artifacts),
  dispose: async () => {},
}));

describeContent("memory", async (count) => ({ peers: networkOf(count), dispose: async () => {} }));

describeLogSync("memory", async (sources) => {
  const peers = networkOf(sources.length);
  for (const [index, source] of sources.entries()) await peers[index]?.logSync.start(source);
  return { peers, dispose: async () => {} };
});

const GENESIS = simulatedGenesis();
const THOUSAND_TOKENS_WEI = 1_000n * 10n ** 18n;

/** A chain on virtual time, with funded accounts and fresh keys for the asking. */
function chainOnVirtualTime(challengeMs = 0) {
  const clock = new ManualClock(1_000);
  const minimumStakeWei = 10n ** 18n;
  const chain = new MemoryChain({ clock, contracts: GENESIS.chain, minimumStakeWei, challengeMs });
  const random = new SeededRandom("chain");
  let accounts = 0;
  return {
    clock,
    chain,
    newOperator: () => createMemoryOperator(random.bytes(32), GENESIS.chain),
    unconnectedWallet: () => {
      const secretKey = new SeededRandom(`account ${accounts++}`).bytes(32);
      const account = operatorAddress(secretKey);
      chain.fund(account, THOUSAND_TOKENS_WEI);
      return new MemoryWallet(chain, account, secretKey);
    },
  };
}

const chainUnderTest = async () => {
  const { clock, chain, newOperator, unconnectedWallet } = chainOnVirtualTime();
  return {
    chain,
    newOperator,
    newWallet: async () => {
      const wallet = unconnectedWallet();
      await wallet.connect("memory-wallet");
      return wallet;
    },
    settle: async () => {
      await clock.advance(1);
      const nowMs = clock.nowMs();
      await clock.advance(1);
      return nowMs;
    },
    signersOf: async (epoch: number) => chain.signersOf(epoch),
    passUnbonding: () => clock.advance(60_000),
    unplug: async () => {
      chain.reachable = false;
    },
    dispose: async () => {},
  };
};

describeChain("memory", chainUnderTest);
describeAnchors("memory", chainUnderTest);
describeStaking("memory", chainUnderTest);

describeChainDisputes("memory", async () => {
  const { clock, chain, newOperator, unconnectedWallet } = chainOnVirtualTime(3_600_000);
  return {
    chain,
    newOperator,
    newWallet: async () => {
      const wallet = unconnectedWallet();
      await wallet.connect("memory-wallet");
      return wallet;
    },
    settle: async () => {
      await clock.advance(1);
      chain.mineEmpty();
      const nowMs = clock.nowMs();
      await clock.advance(1);
      return nowMs;
    },
    mine: async (blocks) => {
      for (let mined = 0; mined < blocks; mined++) chain.mineEmpty();
    },
    pass: async (durationMs) => {
      await clock.advance(durationMs);
      chain.mineEmpty();
    },
    dispose: async () => {},
  };
});

describeWallet("memory", async () => {
  const { chain, newOperator, unconnectedWallet } = chainOnVirtualTime();
  const wallet = unconnectedWallet();
  return {
    wallet,
    chain,
    newOperator,
    setUserAgrees: (agrees) => {
      wallet.agrees = agrees;
    },
    timesAsked: () => wallet.timesAsked,
    dispose: async () => {},
  };
});
