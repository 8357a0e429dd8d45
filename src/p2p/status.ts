import type { Connection } from "@libp2p/interface";
import type { NetworkStatus } from "../ports/gossip.ts";
import { type ParleyLibp2p, PING_EVERY_MS } from "./libp2p.ts";
import type { Peers } from "./peers.ts";
import type { Refusals } from "./refusals.ts";
import type { RtcBudget } from "./rtc-budget.ts";

const EVENTS = [
  "connection:open",
  "connection:close",
  "peer:connect",
  "peer:disconnect",
  "self:peer:update",
] as const;

const PAGE_EVENTS = ["online", "offline"] as const;
/** Round trips are measured by pings; neither they nor another way of a link's datagrams tell of themselves by an event. */
const MEASURED_EVERY_MS = PING_EVERY_MS;

/** What the node sees of the network, and listeners that hear when it changes: at most once in each turn. */
export class StatusSource {
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #refusals: Refusals;
  readonly #listeners = new Set<(status: NetworkStatus) => void>();
  readonly #budget: RtcBudget | undefined;
  readonly #interval: ReturnType<typeof setInterval>;
  #stopped = false;
  #pending = false;
  #last = "";

  constructor(libp2p: ParleyLibp2p, peers: Peers, refusals: Refusals, budget?: RtcBudget) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#refusals = refusals;
    this.#budget = budget;
    for (const event of EVENTS) libp2p.addEventListener(event, this.changed);
    libp2p.services.reservations.onChange(this.changed);
    for (const event of PAGE_EVENTS) globalThis.addEventListener?.(event, this.changed);
    libp2p.addEventListener("connection:open", this.#opened);
    this.#interval = setInterval(() => this.#measure(libp2p.getConnections()), MEASURED_EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#interval);
    for (const event of PAGE_EVENTS) globalThis.removeEventListener?.(event, this.changed);
    for (const event of EVENTS) this.#libp2p.removeEventListener(event, this.changed);
    this.#libp2p.removeEventListener("connection:open", this.#opened);
    this.changed();
  }

  readonly #opened = ({ detail }: CustomEvent<Connection>): void => this.#measure([detail]);

  #measure(connections: readonly Connection[]): void {
    this.changed();
    void this.#peers.lookForTurn(connections).then((found) => {
      if (found) this.changed();
    });
  }

  status(): NetworkStatus {
    if (this.#stopped) return { state: "offline", peers: [], relays: [], refused: this.#refusals.counts() };
    const { reservations } = this.#libp2p.services;
    const peers = this.#peers.list();
    const relays = reservations.held();
    return {
      state: stateOf(peers.length > 0 || relays.length > 0),
      peers,
      relays,
      knownRelays: reservations.list(),
      relayingPeers: reservations.relayingPeers(),
      ...(this.#budget === undefined ? {} : { budget: this.#budget.status() }),
      refused: this.#refusals.counts(),
    };
  }

  onStatus(listener: (status: NetworkStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly changed = (): void => {
    if (this.#pending) return;
    this.#pending = true;
    queueMicrotask(() => {
      this.#pending = false;
      const status = this.status();
      const text = JSON.stringify(status);
      if (text === this.#last) return;
      this.#last = text;
      for (const listener of this.#listeners) listener(status);
    });
  };
}

/** A browser that says it has no network is believed; one that says it has may be wrong. */
function stateOf(reached: boolean): NetworkStatus["state"] {
  if (typeof navigator !== "undefined" && navigator.onLine === false) return "offline";
  return reached ? "online" : "connecting";
}
