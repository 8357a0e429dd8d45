import type { AdapterLayers } from "./app/adapters/adapter-layers.ts";
import type { Chat } from "./app/chat/chat-service.ts";
import type { Corrections } from "./app/chat/correction-service.ts";
import type { DeferredServices } from "./app/deferred.ts";
import { Governance } from "./app/governance/governance-service.ts";
import { Learning } from "./app/learning/learning-service.ts";
import type { NetworkFile } from "./app/network-file.ts";
import type { NodeDependencies } from "./app/node/dependencies.ts";
import { NodeRunner } from "./app/node/node-runner.ts";
import type { NodeKeys } from "./app/node-keys.ts";
import { Outbox } from "./app/outbox/outbox.ts";
import { Wallets } from "./app/wallet/wallet-service.ts";
import { createChain } from "./chain/chain.ts";
import { createOperator } from "./chain/operator.ts";
import { createWallet } from "./chain/wallet/wallet.ts";
import type { Genesis } from "./core/genesis.ts";
import { createBackgroundDelivery } from "./main-delivery.ts";
import { RenyiAccountant } from "./model/training/privacy/accountant.ts";
import { createNetwork, type Network } from "./p2p/node.ts";
import type { Artifacts } from "./ports/artifacts.ts";
import type { Store } from "./ports/store.ts";
import { createStore } from "./store/store.ts";
import { systemClock, systemRandom } from "./store/system.ts";
import type { ParleyApp } from "./ui/app.ts";
import { coreClient } from "./workers/core/client.ts";
import type { TrainingClient } from "./workers/training/client.ts";
import { validationClient } from "./workers/validation/client.ts";

export interface PageParts {
  readonly app: ParleyApp;
  readonly chat: Chat;
  readonly corrections: Corrections;
  readonly adapters: AdapterLayers;
  readonly training: TrainingClient;
  readonly profile: Store;
  /** Hears of the network's blocks as soon as they can be asked for. */
  readonly onArtifacts: (artifacts: Artifacts) => void;
}

/** This profile's node on its network, and the services over it. */
export async function startNode(
  parts: PageParts,
  services: DeferredServices,
  file: NetworkFile,
  genesis: Genesis,
  keys: NodeKeys,
): Promise<void> {
  const networkCid = file.genesisCid;
  const store = await createStore({ network: networkCid });
  const chainNetwork = { rpcUrls: file.rpcUrls, chain: genesis.chain };
  const chain = createChain(chainNetwork);
  const wallets = new Wallets({
    chain,
    wallet: createWallet(chainNetwork, window),
    store,
    clock: systemClock,
    nodeId: keys.identity.nodeId,
  });
  const network = await createNetwork({
    identitySeed: keys.identity.secretKey,
    relays: file.relays,
    networkName: networkCid,
    blocks: { kind: "idb", name: `parley-blocks-${networkCid}` },
    localNetwork: file.demoWallet,
    platform: "browser",
    iceServers: file.iceServers,
  });
  parts.onArtifacts(network.artifacts);
  const validation = validationClient(networkCid);
  const { trainer, evaluator } = parts.training;
  const learning = new Learning({ store, accountant: new RenyiAccountant(), random: systemRandom });
  await learning.start();
  const dependencies: NodeDependencies = {
    genesis,
    networkCid,
    identity: keys.identity,
    operator: createOperator(keys.operatorKey, genesis.chain),
    store,
    gossip: network.gossip,
    logSync: network.logSync,
    artifacts: network.artifacts,
    chain,
    wallet: wallets.tracked(),
    trainer,
    learning,
    evaluator,
    clock: systemClock,
    random: systemRandom,
    decode: (bytes) => validation.decode(bytes),
    engine: coreClient(genesis),
  };
  const node = new NodeRunner(dependencies);
  const outbox = new Outbox(dependencies, node, createBackgroundDelivery(file.mailboxes ?? []));
  const governance = new Governance(dependencies, node, outbox);
  node.onAdapter((adapter, epoch, cluster) => {
    void parts.adapters.set("global", adapter, `epoch ${epoch}`);
    void parts.adapters.set("cluster", cluster, `epoch ${epoch}`);
    void parts.corrections.start();
  });
  await node.start();
  await outbox.start();
  await governance.start();
  wallets.start();
  services.attach({ node, governance, wallet: wallets });
  const { parley } = parts.app;
  if (parley !== undefined) parts.app.parley = { ...parley, learning, outbox };
  if (file.demoWallet) await offerDemoWallet(file, genesis.chain.token);
  if (file.demoWallet)
    exposeConsole({ node, governance, wallets, corrections: parts.corrections, network, dependencies });
}

/** Local networks only: a wallet for trying things, which asks in a dialog of this page. */
async function offerDemoWallet(file: NetworkFile, token: `0x${string}`): Promise<void> {
  const [rpcUrl] = file.rpcUrls;
  if (rpcUrl === undefined || file.faucet === undefined) return;
  const { announceDemoWallet } = await import("./chain/wallet/demo-wallet.ts");
  announceDemoWallet({
    rpcUrl,
    chainId: file.chainId,
    token,
    faucet: file.faucet,
    target: window,
    storage: localStorage,
    confirm: async ({ kind, account, summary }) => {
      const { confirmInDialog } = await import("./ui/dialogs/confirm.ts");
      return confirmInDialog({
        title: "Demo wallet (local network only)",
        lines: [summary, `Account ${account}`],
        confirmLabel: kind === "connect" ? "Connect" : kind === "signature" ? "Sign" : "Send",
      });
    },
  });
}

/** What local networks show as `parley` in the browser's console, for developers and for tests that misbehave on purpose. */
export interface NodeConsole {
  readonly node: NodeRunner;
  readonly governance: Governance;
  readonly wallets: Wallets;
  readonly corrections: Corrections;
  readonly network: Network;
  readonly dependencies: NodeDependencies;
}

function exposeConsole(parley: NodeConsole): void {
  Object.assign(globalThis, { parley });
}
