import { RELAY_V2_HOP_CODEC } from "@libp2p/circuit-relay-v2";
import type { IdentifyResult, Libp2pEvents, PeerId, Startable, TypedEventTarget } from "@libp2p/interface";
import type { ConnectionManager, TransportManager } from "@libp2p/interface-internal";
import { peerIdFromString } from "@libp2p/peer-id";
import type { DNS } from "@multiformats/dns";
import { multiaddr } from "@multiformats/multiaddr";
import { failure, ParleyError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { RelayInfo } from "../ports/gossip.ts";
import { isRelayedAddress, lastRelayOf } from "./addresses.ts";
import { Backoff } from "./backoff.ts";
import { resolveRelays } from "./relay-addresses.ts";
import { type Candidate, Entry, inOrder, type RelaySource } from "./relay-book.ts";

const CHECK_EVERY_MS = 1_000;
const DIAL_TIMEOUT_MS = 5_000;
const RESERVE_TIMEOUT_MS = 8_000;
/** With fewer relays than this, peers are asked to introduce us too, and learnt relays. */
const ENOUGH_RELAYS = 2;
const PEER_PAUSE_MS = 5_000;
const LONGEST_PEER_PAUSE_MS = 5 * 60_000;

interface Components {
  readonly connectionManager: ConnectionManager;
  readonly transportManager: TransportManager;
  readonly events: TypedEventTarget<Libp2pEvents>;
}

interface AskedPeer {
  readonly backoff: Backoff;
  dueMs: number;
  asking: boolean;
}

/**
 * Keeps reservations (https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md) at relays that may be added and
 * removed at any time, and, while fewer than two of them answer, at peers that offer to relay. libp2p itself does not ask
 * again after a relay was restarted.
 */
export class Reservations implements Startable {
  readonly #components: Components;
  readonly #names: DNS;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  /** Connected peers that offer to relay, and those that were asked. */
  readonly #offering = new Set<string>();
  readonly #askedPeers = new Map<string, AskedPeer>();
  readonly #stopped = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #lastAsked: Promise<void> = Promise.resolve();
  #told = "";

  constructor(components: Components, relays: readonly string[], names: DNS) {
    this.#components = components;
    this.#names = names;
    for (const relay of relays) this.#keep(Entry.ofNetwork(relay));
  }

  start(): void {
    // Nothing to dial yet: that needs the other parts of the node started.
    this.#components.events.addEventListener("peer:identify", this.#identified);
    this.#components.events.addEventListener("peer:disconnect", this.#disconnected);
  }

  afterStart(): void {
    this.#timer = setInterval(() => this.check(), CHECK_EVERY_MS);
    this.check();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopped.abort();
    this.#components.events.removeEventListener("peer:identify", this.#identified);
    this.#components.events.removeEventListener("peer:disconnect", this.#disconnected);
  }

  /** Asks the relay at once. False when it is known already. Errors: those of parseRelay, too-many-relays. */
  add(text: string, source: RelaySource): boolean {
    const added = this.#keep(Entry.of(text, source));
    if (added && this.#timer !== undefined) this.check();
    return added;
  }

  /** Ends what was held there. False when there is no such relay. */
  remove(text: string): boolean {
    const entry = this.#entries.get(text.trim());
    if (entry === undefined) return false;
    this.#entries.delete(entry.text);
    for (const { relay } of entry.candidates) {
      if (this.isRelay(relay.peer)) continue;
      this.#components.connectionManager
        .closeConnections(peerIdFromString(relay.peer))
        // It was gone already.
        .catch(() => undefined)
        .finally(() => this.#tell());
    }
    this.#tell();
    return true;
  }

  list(): RelayInfo[] {
    const held = this.#heldRelays();
    return inOrder(this.#entries.values()).map((entry) => entry.state((peer) => held.has(peer)));
  }

  /** Whether a peer id is of a relay that we know. */
  isRelay(peer: string): boolean {
    return this.#candidates().some(({ relay }) => relay.peer === peer);
  }

  /** Addresses of relays that hold a reservation for us now. */
  held(): string[] {
    const held = this.#heldRelays();
    const relays = this.#candidates().filter(({ relay }) => held.has(relay.peer));
    return [...new Set(relays.map(({ relay }) => relay.address.toString()))];
  }

  /** Peers, not configured as relays, that hold a reservation for us now. */
  relayingPeers(): string[] {
    return [...this.#heldRelays()].filter((peer) => !this.isRelay(peer) && this.#isLinked(peer));
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** There is reason to think that relays answer now: asks them at once, with short pauses again. */
  hurry(): void {
    for (const entry of this.#entries.values()) entry.hurry();
    for (const asked of this.#askedPeers.values()) {
      asked.backoff.reset();
      asked.dueMs = 0;
    }
    this.check();
  }

  /** Asks every relay that is due and wanted. */
  check(): void {
    if (this.#stopped.signal.aborted) return;
    this.#tell();
    const nowMs = Date.now();
    this.#resolveNames(nowMs);
    const held = this.#heldRelays();
    const candidates = this.#candidates();
    let open = candidates.filter(({ relay, asking }) => asking || held.has(relay.peer)).length;
    for (const entry of inOrder(this.#entries.values())) {
      const wanted = entry.source === "learnt" ? ENOUGH_RELAYS : LIMITS.heldReservations;
      for (const candidate of entry.candidates) {
        if (candidate.asking || candidate.dueMs > nowMs || held.has(candidate.relay.peer)) continue;
        if (open >= wanted) continue;
        open += 1;
        this.#askRelay(candidate);
      }
    }
    if (candidates.filter(({ relay }) => held.has(relay.peer)).length < ENOUGH_RELAYS) this.#askPeers(nowMs);
  }

  #keep(entry: Entry): boolean {
    const known = this.#entries.get(entry.text);
    if (known !== undefined && known.source !== "learnt") return false;
    if (known === undefined && this.#entries.size >= LIMITS.networkAddresses + LIMITS.ownRelays) {
      throw failure("too-many-relays", "There are enough relays", `${LIMITS.networkAddresses}`);
    }
    this.#entries.set(entry.text, entry);
    return true;
  }

  #candidates(): Candidate[] {
    return inOrder(this.#entries.values()).flatMap(({ candidates }) => candidates);
  }

  /** Peer ids of whoever holds a reservation for us. */
  #heldRelays(): ReadonlySet<string> {
    const relays = this.#components.transportManager
      .getAddrs()
      .map((address) => lastRelayOf(address.toString()));
    return new Set(relays.filter((relay) => relay !== undefined));
  }

  #resolveNames(nowMs: number): void {
    for (const entry of this.#entries.values()) {
      const { name } = entry;
      if (name === undefined || entry.resolving || entry.dueMs > nowMs) continue;
      entry.resolving = true;
      const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
      resolveRelays(name, this.#names, signal)
        .then((relays) => entry.resolved(relays, Date.now()))
        .catch(() => entry.failed(Date.now(), "This name could not be looked up."))
        .finally(() => {
          entry.resolving = false;
          this.check();
        });
    }
  }

  #askRelay(candidate: Candidate): void {
    candidate.asking = true;
    this.#reserveAt(candidate)
      .then(() => candidate.worked())
      .catch((thrown: unknown) => candidate.failed(Date.now(), problemOf(thrown)))
      .finally(() => {
        candidate.asking = false;
        this.#tell();
      });
  }

  /** Dials first: a listener that fails would stay behind in the transport manager. */
  async #reserveAt(candidate: Candidate): Promise<void> {
    const { connectionManager, transportManager } = this.#components;
    const { address, peer } = candidate.relay;
    await connectionManager.openConnection(address, { signal: this.#dialSignal() });
    const circuit = address.encapsulate("/p2p-circuit");
    const { listener } = candidate;
    await this.#inTurn(() =>
      listener === undefined ? transportManager.listen([circuit]) : listener.listen(circuit),
    );
    candidate.listener ??= transportManager
      .getListeners()
      .find((listener) => listener.getAddrs().some((own) => isListenedAt(own.toString(), peer)));
    if (!this.#heldRelays().has(peer)) throw failure("relay-refused", "It gave no reservation.");
  }

  #askPeers(nowMs: number): void {
    const held = this.relayingPeers();
    const asking = [...this.#askedPeers.values()].filter((asked) => asked.asking).length;
    let wanted = LIMITS.peerReservations - held.length - asking;
    for (const peer of this.#offering) {
      if (wanted <= 0) return;
      if (held.includes(peer) || this.isRelay(peer) || !this.#isLinked(peer)) continue;
      const asked = this.#askedPeers.get(peer) ?? {
        backoff: new Backoff(PEER_PAUSE_MS, LONGEST_PEER_PAUSE_MS),
        dueMs: 0,
        asking: false,
      };
      if (asked.asking || asked.dueMs > nowMs) continue;
      this.#askedPeers.set(peer, asked);
      wanted -= 1;
      this.#askPeer(peer, asked);
    }
  }

  #askPeer(peer: string, asked: AskedPeer): void {
    asked.asking = true;
    this.#inTurn(() => this.#components.transportManager.listen([multiaddr(`/p2p/${peer}/p2p-circuit`)]))
      // Full, or gone: asked again later.
      .catch(() => undefined)
      .finally(() => {
        asked.asking = false;
        if (this.#heldRelays().has(peer)) asked.backoff.reset();
        asked.dueMs = Date.now() + asked.backoff.failed();
        this.#tell();
      });
  }

  /** One at a time: the transport forgets requests that wait while another one succeeds, and never answers them. */
  #inTurn(ask: () => Promise<void>): Promise<void> {
    const answered = this.#lastAsked.then(() => withTimeout(ask(), RESERVE_TIMEOUT_MS));
    this.#lastAsked = answered.catch(() => undefined);
    return answered;
  }

  #isLinked(peer: string): boolean {
    return this.#components.connectionManager
      .getConnections(peerIdFromString(peer))
      .some(
        ({ status, limits, remoteAddr }) =>
          status === "open" && limits === undefined && !isRelayedAddress(remoteAddr.toString()),
      );
  }

  #dialSignal(): AbortSignal {
    return AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
  }

  readonly #identified = ({ detail }: CustomEvent<IdentifyResult>): void => {
    if (detail.protocols.includes(RELAY_V2_HOP_CODEC)) this.#offering.add(detail.peerId.toString());
  };

  readonly #disconnected = ({ detail }: CustomEvent<PeerId>): void => {
    this.#offering.delete(detail.toString());
    this.#askedPeers.delete(detail.toString());
    this.#tell();
  };

  #tell(): void {
    const now = JSON.stringify([this.list(), this.relayingPeers()]);
    if (now === this.#told) return;
    this.#told = now;
    for (const listener of this.#listeners) listener();
  }
}

export function reservations(
  relays: readonly string[],
  names: DNS,
): (components: Components) => Reservations {
  return (components) => new Reservations(components, relays, names);
}

function isListenedAt(address: string, relay: string): boolean {
  return address.endsWith("/p2p-circuit") && lastRelayOf(address) === relay;
}

function problemOf(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "DialDeniedError") return "This page may not dial it.";
  return thrown instanceof ParleyError ? thrown.data.message : "It does not answer.";
}

/** Rejects when `task` takes longer; what it does goes on. */
async function withTimeout(task: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure("relay-timeout", "It does not answer.")), timeoutMs);
  });
  await Promise.race([task, late]).finally(() => clearTimeout(timer));
}
