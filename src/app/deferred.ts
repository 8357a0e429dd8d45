import { describeError, toErrorData } from "../core/errors.ts";
import type { Parameters } from "../core/parameters.ts";
import type { NodeId } from "../core/primitives.ts";
import type { NetworkStatus } from "../ports/gossip.ts";
import { type Observable, Subject } from "./observable.ts";
import type {
  EpochClock,
  EpochSummary,
  GovernanceService,
  NodeEvent,
  NodeService,
  NodeStatus,
  ProposalSummary,
  WalletService,
  WalletStatus,
} from "./parley.ts";

/**
 * The services that load after the first paint. The pages get these stand-ins at once: they show that nothing is
 * there yet, wait with what the user asks for, and hand over to the real ones when those have loaded.
 */
export class DeferredServices {
  readonly #ready: Promise<RealServices>;
  #resolve: (services: RealServices) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  readonly node: NodeService;
  readonly governance: GovernanceService;
  readonly wallet: WalletService;
  readonly #notes = new Subject<readonly NodeEvent[]>([]);
  readonly #feeds: ((services: RealServices) => void)[] = [];

  constructor(nodeId: NodeId) {
    this.#ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever calls a service sees the failure; without a caller it is no unhandled rejection.
    this.#ready.catch(() => undefined);
    this.node = this.#nodeService(nodeId);
    this.governance = this.#governanceService();
    this.wallet = this.#walletService();
  }

  attach(services: RealServices): void {
    for (const feed of this.#feeds) feed(services);
    this.#resolve(services);
  }

  /** Nothing will be attached: callers learn why, and so does who reads the activity. */
  fail(reason: unknown, nowMs: number): void {
    this.#reject(reason);
    this.note(describeError(toErrorData(reason)), nowMs);
  }

  /** A line in the activity of a node that is not there yet. */
  note(text: string, nowMs: number): void {
    this.#notes.update((notes) => [...notes, { atMs: nowMs, epoch: 0, kind: "sync", text, level: "info" }]);
  }

  #feed<T>(initial: T, from: (services: RealServices) => Observable<T>): Observable<T> {
    const subject = new Subject<T>(initial);
    this.#feeds.push((services) => from(services).subscribe((value) => subject.set(value)));
    return subject;
  }

  #nodeService(nodeId: NodeId): NodeService {
    const initial: NodeStatus = {
      nodeId,
      donating: false,
      staked: false,
      work: undefined,
      dueWei: 0n,
      claimedWei: 0n,
    };
    const offline: NetworkStatus = { state: "connecting", peers: [], relays: [], refused: {} };
    let node: NodeService | undefined;
    const events = this.#notes;
    this.#feeds.push((services) => {
      node = services.node;
      services.node.events.subscribe((value) => events.set(value));
    });
    return {
      status: this.#feed(initial, (services) => services.node.status),
      network: this.#feed(offline, (services) => services.node.network),
      clock: this.#feed<EpochClock | undefined>(undefined, (services) => services.node.clock),
      events,
      epochs: this.#feed<readonly EpochSummary[]>([], (services) => services.node.epochs),
      startDonating: async () => (await this.#ready).node.startDonating(),
      stopDonating: async () => (await this.#ready).node.stopDonating(),
      train: async () => (await this.#ready).node.train(),
      cancelTraining: () => node?.cancelTraining(),
      keepHeldOut: async (pairs) => (await this.#ready).node.keepHeldOut(pairs),
      anchor: async () => (await this.#ready).node.anchor(),
      claim: async () => (await this.#ready).node.claim(),
    };
  }

  #governanceService(): GovernanceService {
    return {
      proposals: this.#feed<readonly ProposalSummary[]>([], (services) => services.governance.proposals),
      parameters: this.#feed<Parameters | undefined>(undefined, (services) => services.governance.parameters),
      propose: async (title, text, changes) => (await this.#ready).governance.propose(title, text, changes),
      vote: async (proposal, choice) => (await this.#ready).governance.vote(proposal, choice),
    };
  }

  #walletService(): WalletService {
    let wallet: WalletService | undefined;
    this.#feeds.push((services) => {
      wallet = services.wallet;
    });
    const initial: WalletStatus = { wallets: [], demo: false, chain: "none" };
    return {
      status: this.#feed(initial, (services) => services.wallet.status),
      connect: async (walletId) => (await this.#ready).wallet.connect(walletId),
      disconnect: () => wallet?.disconnect(),
    };
  }
}

interface RealServices {
  readonly node: NodeService;
  readonly governance: GovernanceService;
  readonly wallet: WalletService;
}
