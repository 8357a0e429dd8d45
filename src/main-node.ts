import type { AdapterLayers } from "./app/adapters/adapter-layers.ts";
import type { SharedVersions } from "./app/adapters/shared-version.ts";
import type { Chat } from "./app/chat/chat-service.ts";
import type { Corrections } from "./app/chat/correction-service.ts";
import { Disputes } from "./app/disputes/disputes.ts";
import { AddressBook } from "./app/documents/address-book.ts";
import { SharedDocuments } from "./app/documents/document-service.ts";
import { Governance } from "./app/governance/governance-service.ts";
import { forgetPromisesOfAnother } from "./app/identity/forget-promises.ts";
import { Learning } from "./app/learning/learning-service.ts";
import type { NetworkFile } from "./app/network-file.ts";
import type { NodeDependencies } from "./app/node/dependencies.ts";
import { NodeRunner } from "./app/node/node-runner.ts";
import type { NodeKeys } from "./app/node-keys.ts";
import { Subject } from "./app/observable.ts";
import { Outbox } from "./app/outbox/outbox.ts";
import type { TabStatus } from "./app/parley.ts";
import type { Scheduler } from "./app/scheduler/scheduler.ts";
import type { Wallets } from "./app/wallet/wallet-service.ts";
import { NodeHost, type WalletActions } from "./app/windows/node-host.ts";
import { disputeRequest, type NodeServices, type NodeShapes } from "./app/windows/shapes.ts";
import type { TabCalls } from "./app/windows/tab-calls.ts";
import { createOperator } from "./chain/operator.ts";
import { phaseAt } from "./core/epoch/clock.ts";
import { type ErrorData, toErrorData } from "./core/errors.ts";
import type { Genesis } from "./core/genesis.ts";
import { createBackgroundDelivery } from "./main-delivery.ts";
import { type PageIdentity, showIdentity, withoutKeys } from "./main-devices.ts";
import { createKeeper, startKeeper } from "./main-kept.ts";
import type { Companion, PageWallet } from "./main-wallet.ts";
import { RenyiAccountant } from "./model/training/privacy/accountant.ts";
import { createDocuments } from "./p2p/documents/documents.ts";
import { createNetwork, type Network } from "./p2p/node.ts";
import type { Artifacts } from "./ports/artifacts.ts";
import type { Clock } from "./ports/clock.ts";
import type { Store } from "./ports/store.ts";
import { createStore } from "./store/store.ts";
import { systemRandom } from "./store/system.ts";
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
  readonly scheduler: Scheduler;
  readonly profile: Store;
  /** Aborts when this tab can no longer keep anything: then it runs no node, whose log would begin anew. */
  readonly lost: AbortSignal;
  /** What this tab is, and what its person must know. */
  readonly tab: Subject<TabStatus>;
  /** Hears of the network's blocks as soon as they can be asked for. */
  readonly onArtifacts: (artifacts: Artifacts) => void;
}

/** A node that runs in this tab. */
export interface RunningNode {
  readonly services: NodeServices;
  /** The machine or the page has slept. */
  woke(lateMs: number): void;
}

export interface NodeSurroundings {
  readonly file: NetworkFile;
  readonly genesis: Genesis;
  readonly keys: NodeKeys;
  readonly identity: PageIdentity;
  readonly page: PageWallet;
  readonly companion: Companion | undefined;
  readonly clock: Clock;
  /** The other tabs of the profile, which show this node. */
  readonly calls: TabCalls;
  readonly shapes: NodeShapes;
  /** When it aborts, the node ends in the same turn: the page may be frozen in the next. */
  readonly signal: AbortSignal;
  readonly onStorageLost: (error: ErrorData) => void;
}

/** This profile's node on its network, and the services over it. Errors: aborted and those of its parts. */
export async function startNode(parts: PageParts, around: NodeSurroundings): Promise<RunningNode> {
  const { file, genesis, keys, identity, page, clock, calls, shapes, signal } = around;
  const networkCid = file.genesisCid;
  const ends = new Ends(signal);
  const store = await createStore({ network: networkCid, onLost: around.onStorageLost });
  ends.add(() => void store.close());
  const { chain, wallets } = page;
  const network = await createNetwork({
    identitySeed: keys.identity.secretKey,
    relays: [...new Set([...file.relays, ...(genesis.relays ?? [])])],
    networkName: networkCid,
    blocks: { kind: "idb", name: `parley-blocks-${networkCid}` },
    mirrors: file.mirrors,
    localNetwork: file.demoWallet,
    platform: "browser",
    inProcess: around.companion?.meetingPlace,
    iceServers: file.iceServers,
    dnsResolvers: file.dnsResolvers,
    store,
    phase: () => phaseAt(genesis, clock.nowMs())?.phase,
  });
  ends.add(() => {
    network.leave();
    void network.stop().catch(() => undefined);
  });
  const kept = createKeeper({
    network,
    store,
    clock,
    self: keys.identity.nodeId,
    scheduler: parts.scheduler,
    node: () => node,
  });
  network.content.onLost((cid) => void kept.lost(cid));
  parts.onArtifacts(kept.shared);
  const validation = validationClient(networkCid);
  ends.add(() => validation.close());
  const engine = coreClient(genesis);
  ends.add(() => engine.close());
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
    artifacts: kept.artifacts,
    content: network.content,
    chain,
    wallet: wallets.tracked(),
    trainer,
    learning,
    evaluator,
    clock,
    random: systemRandom,
    decode: (bytes) => validation.decode(bytes),
    engine,
    scheduler: parts.scheduler,
  };
  // Several nodes share a local network's machine: how busy it is says nothing about one of them.
  parts.scheduler.setUsual({ heedPressure: !file.demoWallet });
  const node = new NodeRunner(dependencies);
  // The last to be made ends first: no write is begun when the store closes.
  ends.add(() => node.stop());
  const outbox = new Outbox(dependencies, node, createBackgroundDelivery(file.mailboxes ?? []));
  const governance = new Governance(dependencies, node, outbox);
  const disputes = new Disputes({ dependencies, ledger: node.ledger, log: node.log, epochs: node.epochs });
  ends.add(() => disputes.stop());
  const versions = new Subject<SharedVersions | undefined>(undefined);
  node.onAdapter((global, epoch, cluster) => versions.set({ epoch, global, cluster }));
  await forgetPromisesOfAnother(store, keys.identity.nodeId);
  await node.start();
  ends.check();
  around.companion
    ?.start(dependencies, signal)
    .catch((thrown) => parts.tab.update((status) => ({ ...status, notice: toErrorData(thrown) })));
  await outbox.start();
  await governance.start();
  disputes.start();
  ends.check();
  const shared = await createDocuments({ ...dependencies, network: networkCid, gossip: network.gossip });
  ends.add(() => void shared.stop().catch(() => undefined));
  const documents = new SharedDocuments(shared, keys.identity.nodeId);
  const addressBook = new AddressBook(parts.profile, clock);
  await addressBook.start();
  ends.add(
    await showIdentity(parts, identity, {
      store,
      node,
      network,
      dependencies,
      documents: shared,
      addressBook,
    }),
  );
  ends.add(await startKeeper(kept, node, network));
  const services = {
    node,
    governance,
    disputes,
    learning,
    outbox,
    documents,
    addressBook,
    relays: network.ownRelays,
    kept,
    scheduler: parts.scheduler,
    shared: { versions },
  };
  const host = new NodeHost({ calls, clock, shapes, services, walletActions: walletActions(node, disputes) });
  ends.add(() => host.stop());
  if (file.demoWallet) {
    const { corrections } = parts;
    const windows = () => host.windows;
    exposeConsole({
      node,
      governance,
      wallets,
      corrections,
      scheduler: parts.scheduler,
      network: { addresses: network.addresses, leave: network.leave },
      dependencies: withoutKeys(dependencies),
      windows,
    });
    ends.add(() => Reflect.deleteProperty(globalThis, "parley"));
  }
  return { services, woke: (lateMs) => node.woke(lateMs) };
}

/** Done with the wallet of the tab that asks. */
function walletActions(node: NodeRunner, disputes: Disputes): WalletActions {
  return {
    "node.startDonating": (wallet) => node.startDonating(wallet),
    "node.anchor": (wallet) => node.anchor(wallet),
    "node.collectAnchorRewards": (wallet) => node.collectAnchorRewards(wallet),
    "node.claim": (wallet) => node.claim(wallet),
    "disputes.act": (wallet, [request]) => disputes.act(disputeRequest.parse(request), wallet),
  };
}

/** What must end when the node does, the last made first. What is made after the end ends at once. */
class Ends {
  readonly #signal: AbortSignal;
  readonly #ends: (() => void)[] = [];

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => {
      for (const end of this.#ends.splice(0).reverse()) end();
    });
  }

  /** Throws the signal's reason when it has aborted meanwhile. */
  add(end: () => void): void {
    if (this.#signal.aborted) end();
    else this.#ends.push(end);
    this.check();
  }

  check(): void {
    this.#signal.throwIfAborted();
  }
}

/** What local networks show as `parley` in the browser's console, for developers and for tests that misbehave on purpose. */
export interface NodeConsole {
  readonly node: NodeRunner;
  readonly governance: Governance;
  readonly wallets: Wallets;
  readonly corrections: Corrections;
  readonly scheduler: Scheduler;
  /** Not the libp2p node underneath: it holds the key. */
  readonly network: Pick<Network, "addresses" | "leave">;
  /** The identity's secret key is left out. */
  readonly dependencies: NodeDependencies;
  /** Other tabs that show this node now. */
  readonly windows: () => number;
}

function exposeConsole(parley: NodeConsole): void {
  Object.assign(globalThis, { parley });
}
