import type { Startable } from "@libp2p/interface";
import type { ConnectionManager, TransportManager } from "@libp2p/interface-internal";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";

const CHECK_EVERY_MS = 2_000;
const DIAL_TIMEOUT_MS = 5_000;

interface Components {
  readonly connectionManager: ConnectionManager;
  readonly transportManager: TransportManager;
}

/**
 * Keeps a reservation (https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md) at each configured relay.
 * libp2p itself does not ask again after a relay was restarted.
 */
export class Reservations implements Startable {
  readonly #components: Components;
  readonly #relays: readonly Multiaddr[];
  readonly #asking = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #held = "";

  constructor(components: Components, relays: readonly string[]) {
    this.#components = components;
    this.#relays = relays.map((address) => multiaddr(address));
  }

  start(): void {
    // Nothing yet: dialling needs the other parts of the node started.
  }

  afterStart(): void {
    this.#timer = setInterval(() => this.check(), CHECK_EVERY_MS);
    this.check();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Relays that hold a reservation for us now. */
  held(): string[] {
    const listening = this.#components.transportManager.getAddrs().map(String);
    return this.#relays.filter((relay) => holdsReservation(listening, relay)).map(String);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Asks every relay that holds none now. */
  check(): void {
    this.#tell();
    const listening = this.#components.transportManager.getAddrs().map(String);
    for (const relay of this.#relays) {
      const key = relay.toString();
      if (this.#asking.has(key) || holdsReservation(listening, relay)) continue;
      this.#asking.add(key);
      this.#ask(relay)
        // The relay is away: the next check asks again.
        .catch(() => undefined)
        .finally(() => {
          this.#asking.delete(key);
          this.#tell();
        });
    }
  }

  /** Dials first: a listener that fails would stay behind in the transport manager. */
  async #ask(relay: Multiaddr): Promise<void> {
    const { connectionManager, transportManager } = this.#components;
    await connectionManager.openConnection(relay, { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) });
    await transportManager.listen([relay.encapsulate("/p2p-circuit")]);
  }

  #tell(): void {
    const held = this.held().join(" ");
    if (held === this.#held) return;
    this.#held = held;
    for (const listener of this.#listeners) listener();
  }
}

export function reservations(relays: readonly string[]): (components: Components) => Reservations {
  return (components) => new Reservations(components, relays);
}

function holdsReservation(listening: readonly string[], relay: Multiaddr): boolean {
  const circuit = `/p2p/${peerIdText(relay)}/p2p-circuit`;
  return listening.some((address) => address.includes(circuit));
}

/** Peer id of the relay at the end of its address; empty when it names none. */
export function peerIdText(address: Multiaddr): string {
  return address.getComponents().findLast(({ name }) => name === "p2p")?.value ?? "";
}
