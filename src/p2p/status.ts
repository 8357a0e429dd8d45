import type { NetworkStatus } from "../ports/gossip.ts";
import type { ParleyLibp2p } from "./libp2p.ts";
import type { Peers } from "./peers.ts";
import type { Refusals } from "./refusals.ts";

const EVENTS = [
  "connection:open",
  "connection:close",
  "peer:connect",
  "peer:disconnect",
  "self:peer:update",
] as const;

/** What the node sees of the network, and listeners that hear when it changes: at most once in each turn. */
export class StatusSource {
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #refusals: Refusals;
  readonly #listeners = new Set<(status: NetworkStatus) => void>();
  #stopped = false;
  #pending = false;
  #last = "";

  constructor(libp2p: ParleyLibp2p, peers: Peers, refusals: Refusals) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#refusals = refusals;
    for (const event of EVENTS) libp2p.addEventListener(event, this.changed);
    libp2p.services.reservations.onChange(this.changed);
  }

  stop(): void {
    this.#stopped = true;
    for (const event of EVENTS) this.#libp2p.removeEventListener(event, this.changed);
    this.changed();
  }

  status(): NetworkStatus {
    if (this.#stopped) return { state: "offline", peers: [], relays: [], refused: this.#refusals.counts() };
    const peers = this.#peers.list();
    const relays = this.#libp2p.services.reservations.held();
    const state = peers.length > 0 || relays.length > 0 ? "online" : "connecting";
    return { state, peers, relays, refused: this.#refusals.counts() };
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
