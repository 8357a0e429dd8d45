import { Learning } from "../../src/app/learning/learning-service.ts";
import type { NodeDependencies } from "../../src/app/node/dependencies.ts";
import { Subject } from "../../src/app/observable.ts";
import { scheduledEngines } from "../../src/app/scheduler/engines.ts";
import { Scheduler } from "../../src/app/scheduler/scheduler.ts";
import type { Transactions } from "../../src/app/wallet/transactions/transactions.ts";
import { createChain } from "../../src/chain/chain.ts";
import { type ChainNetwork, LOCAL_CHAIN_ID, withEndpoints } from "../../src/chain/network.ts";
import { createOperator } from "../../src/chain/operator.ts";
import type { Waits } from "../../src/chain/waits.ts";
import { createKeyWallet } from "../../src/chain/wallet/key-wallet.ts";
import { createWallet } from "../../src/chain/wallet/wallet.ts";
import { createIdentity } from "../../src/core/identity.ts";
import { operatorKeyOf } from "../../src/core/operator-key.ts";
import { nodeDevice } from "../../src/device/node.ts";
import { RenyiAccountant } from "../../src/model/training/privacy/accountant.ts";
import type { Network } from "../../src/p2p/node.ts";
import type { Artifacts } from "../../src/ports/artifacts.ts";
import type { ResendingWallet } from "../../src/ports/chain.ts";
import type { Store } from "../../src/ports/store.ts";
import { openLevelTransactions } from "../../src/store/level/transaction-records.ts";
import { systemClock, systemRandom } from "../../src/store/system.ts";
import {
  engineThread,
  type OnThreadLost,
  trainingThread,
  validationThread,
} from "../../src/workers/threads/threads.ts";
import { donorKey } from "./donor.ts";
import type { Ends } from "./ends.ts";
import type { KeptNetwork } from "./kept-network.ts";
import type { Log } from "./log.ts";
import type { NodeOptions } from "./options.ts";
import type { StateFolder } from "./state-folder.ts";
import { trackTransactions } from "./transactions.ts";

export interface Parts {
  readonly folder: StateFolder;
  readonly store: Store;
  readonly network: Network;
  readonly artifacts: Artifacts;
  readonly model: string;
  readonly seed: Uint8Array;
  readonly log: Log;
  readonly onLost: (thrown: unknown) => void;
  readonly ends: Ends;
  /** What is asked of the chain. */
  readonly waits: Waits;
}

interface Composed {
  readonly dependencies: NodeDependencies;
  readonly transactions: Transactions;
}

/** Everything that the node runner needs, its heavy parts in threads of their own. */
export async function composed(options: NodeOptions, served: KeptNetwork, parts: Parts): Promise<Composed> {
  const { genesis, file } = served;
  const chainNetwork = withEndpoints({ rpcUrls: file.rpcUrls, chain: genesis.chain, waits: parts.waits });
  const { store, network, artifacts, seed } = parts;
  const threads = startThreads(options, served, parts);
  const scheduler = await scheduled(options, served, parts);
  const learning = new Learning({ store, accountant: new RenyiAccountant(), random: systemRandom });
  await learning.start();
  const { wallet, transactions } = await trackTransactions({
    records: await openLevelTransactions(parts.folder.transactions, file.genesisCid),
    network: chainNetwork,
    wallet: await walletOf(options, served, chainNetwork, parts),
    genesis,
    log: parts.log,
    ends: parts.ends,
  });
  const dependencies: NodeDependencies = {
    genesis,
    networkCid: file.genesisCid,
    identity: createIdentity(seed),
    operator: createOperator(operatorKeyOf(seed), genesis.chain),
    store,
    gossip: network.gossip,
    logSync: network.logSync,
    artifacts,
    content: network.content,
    chain: createChain(chainNetwork),
    wallet,
    learning,
    ...scheduledEngines(scheduler, threads.training),
    clock: systemClock,
    random: systemRandom,
    decode: (bytes) => threads.validation.decode(bytes),
    engine: threads.engine,
    scheduler,
  };
  return { dependencies, transactions };
}

function startThreads(
  { threads }: NodeOptions,
  { genesis, file }: KeptNetwork,
  { model, onLost, ends }: Parts,
) {
  const onThreadLost: OnThreadLost = (name, reason) =>
    onLost(new Error(`The ${name} thread stopped: ${reason}`));
  const validation = validationThread(file.genesisCid, onThreadLost);
  const engine = engineThread(genesis, onThreadLost);
  const training = trainingThread({ folder: model, threads }, onThreadLost);
  for (const thread of [validation, engine, training]) ends.add(() => thread.close());
  return { validation, engine, training };
}

/** Nobody answers questions here: duties and training share the machine, and give way when it is pressed. */
async function scheduled(
  { ignoreLoad }: NodeOptions,
  { genesis }: KeptNetwork,
  { store, ends }: Parts,
): Promise<Scheduler> {
  const device = nodeDevice();
  const scheduler = new Scheduler({
    store,
    clock: systemClock,
    device,
    ownerIsBusy: new Subject(false),
    minuteOfDay: () => {
      const now = new Date();
      return now.getHours() * 60 + now.getMinutes();
    },
  });
  await scheduler.start();
  // Several nodes share a local network's machine: how busy it is says nothing about one of them.
  const isLocal = genesis.chain.chainId === LOCAL_CHAIN_ID;
  scheduler.setUsual({ heedPressure: !(ignoreLoad || isLocal) });
  ends.add(() => scheduler.stop());
  ends.add(() => device.stop());
  return scheduler;
}

/** Without --donate there is none to connect. */
async function walletOf(
  { donate }: NodeOptions,
  served: KeptNetwork,
  network: ChainNetwork,
  { folder, log }: Parts,
): Promise<ResendingWallet> {
  if (donate === undefined) return createWallet(network, new EventTarget());
  const privateKey = await donorKey(donate, folder, served, log);
  return createKeyWallet({
    network,
    privateKey,
    agree: async ({ kind, summary }) => {
      if (kind === "transaction") log("info", `Signing: ${summary}`);
      return true;
    },
  });
}
