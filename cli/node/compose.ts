import { Learning } from "../../src/app/learning/learning-service.ts";
import type { NodeDependencies } from "../../src/app/node/dependencies.ts";
import { createChain } from "../../src/chain/chain.ts";
import { createOperator } from "../../src/chain/operator.ts";
import { createKeyWallet } from "../../src/chain/wallet/key-wallet.ts";
import { createWallet } from "../../src/chain/wallet/wallet.ts";
import { createIdentity } from "../../src/core/identity.ts";
import { operatorKeyOf } from "../../src/core/operator-key.ts";
import { RenyiAccountant } from "../../src/model/training/privacy/accountant.ts";
import type { Network } from "../../src/p2p/node.ts";
import type { Wallet } from "../../src/ports/chain.ts";
import type { Store } from "../../src/ports/store.ts";
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

export interface Parts {
  readonly folder: StateFolder;
  readonly store: Store;
  readonly network: Network;
  readonly model: string;
  readonly seed: Uint8Array;
  readonly log: Log;
  readonly onLost: (thrown: unknown) => void;
  readonly ends: Ends;
}

/** Everything that the node runner needs, its heavy parts in threads of their own. */
export async function composed(
  options: NodeOptions,
  served: KeptNetwork,
  parts: Parts,
): Promise<NodeDependencies> {
  const { genesis, file } = served;
  const { store, network, model, seed, onLost, ends } = parts;
  const onThreadLost: OnThreadLost = (name, reason) =>
    onLost(new Error(`The ${name} thread stopped: ${reason}`));
  const validation = validationThread(file.genesisCid, onThreadLost);
  ends.add(() => validation.close());
  const engine = engineThread(genesis, onThreadLost);
  ends.add(() => engine.close());
  const training = trainingThread({ folder: model, threads: options.threads }, onThreadLost);
  ends.add(() => training.close());
  const learning = new Learning({ store, accountant: new RenyiAccountant(), random: systemRandom });
  await learning.start();
  return {
    genesis,
    networkCid: file.genesisCid,
    identity: createIdentity(seed),
    operator: createOperator(operatorKeyOf(seed), genesis.chain),
    store,
    gossip: network.gossip,
    logSync: network.logSync,
    artifacts: network.artifacts,
    chain: createChain({ rpcUrls: file.rpcUrls, chain: genesis.chain }),
    wallet: await walletOf(options, served, parts),
    trainer: training.trainer,
    learning,
    evaluator: training.evaluator,
    clock: systemClock,
    random: systemRandom,
    decode: (bytes) => validation.decode(bytes),
    engine,
  };
}

/** Without --donate there is none to connect. */
async function walletOf(
  { donate }: NodeOptions,
  served: KeptNetwork,
  { folder, log }: Parts,
): Promise<Wallet> {
  const network = { rpcUrls: served.file.rpcUrls, chain: served.genesis.chain };
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
