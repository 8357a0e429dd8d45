import type { NodeId } from "../../src/core/primitives.ts";
import { describeArtifacts } from "../../src/ports/acceptance/artifacts.ts";
import { describeChain } from "../../src/ports/acceptance/chain.ts";
import { describeClock } from "../../src/ports/acceptance/clock.ts";
import { describeGossip } from "../../src/ports/acceptance/gossip.ts";
import { describeLogSync } from "../../src/ports/acceptance/log-sync.ts";
import { describeRandom } from "../../src/ports/acceptance/random.ts";
import { describeStore } from "../../src/ports/acceptance/store.ts";
import { describeWallet } from "../../src/ports/acceptance/wallet.ts";
import { systemClock } from "../../src/store/system.ts";
import { simulatedAddress, simulatedGenesis } from "../genesis.ts";
import { MemoryChain } from "./chain/chain.ts";
import { createMemoryOperator } from "./chain/operator.ts";
import { MemoryWallet } from "./chain/wallet.ts";
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

const GENESIS = simulatedGenesis();
const THOUSAND_TOKENS_WEI = 1_000n * 10n ** 18n;

/** A chain on virtual time, with funded accounts and fresh keys for the asking. */
function chainOnVirtualTime() {
  const clock = new ManualClock(1_000);
  const chain = new MemoryChain({ clock, contracts: GENESIS.chain, minimumStakeWei: 10n ** 18n });
  const random = new SeededRandom("chain");
  let accounts = 0;
  return {
    clock,
    chain,
    newOperator: () => createMemoryOperator(random.bytes(32), GENESIS.chain),
    unconnectedWallet: () => {
      const account = simulatedAddress(`account ${accounts++}`);
      chain.fund(account, THOUSAND_TOKENS_WEI);
      return new MemoryWallet(chain, account);
    },
  };
}

describeChain("memory", async () => {
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
    unplug: async () => {
      chain.reachable = false;
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
