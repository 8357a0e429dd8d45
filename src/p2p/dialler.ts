import type { PeerId } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { LIMITS } from "../core/limits.ts";
import type { Announcement } from "./announcement.ts";
import type { ParleyLibp2p } from "./libp2p.ts";
import { isRelayedAddress, isWebRtcAddress, type Peers } from "./peers.ts";

/** Of two peers that hear each other, the one with the smaller id dials; the other one waits this long first. */
const YIELD_MS = 2_500;
/** About 3 % of WebRTC set-ups take 12 to 14 s; the next attempt is faster than waiting for them. */
const DIAL_TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = 1_000;
/** After so many failed direct dials the relayed addresses are dialled as well. */
const DIRECT_ATTEMPTS = 2;
const ATTEMPTS = 6;

interface Target {
  readonly peer: PeerId;
  addresses: readonly string[];
  attempts: number;
  dialling: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Dials announced peers, directly where both can, until connected or tired; a new announcement starts again. */
export class Dialler {
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #speaksWebRtc: boolean;
  readonly #targets = new Map<string, Target>();
  readonly #stopped = new AbortController();

  constructor(libp2p: ParleyLibp2p, peers: Peers, speaksWebRtc: boolean) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#speaksWebRtc = speaksWebRtc;
  }

  stop(): void {
    this.#stopped.abort();
    for (const { timer } of this.#targets.values()) clearTimeout(timer);
    this.#targets.clear();
  }

  /** Returns false when there was nothing to do: ourselves, connected already, or nothing that we can dial. */
  announced({ peer: id, addresses }: Announcement): boolean {
    const peer = parsePeerId(id);
    if (peer === undefined || peer.equals(this.#libp2p.peerId) || this.#stopped.signal.aborted) return false;
    const dialable = addresses.filter((address) => this.#canDial(address, id));
    if (dialable.length === 0 || this.#isDone(peer, dialable)) return false;
    const target = this.#targets.get(id) ?? this.#newTarget(peer);
    if (target === undefined) return false;
    target.addresses = dialable;
    if (target.attempts >= ATTEMPTS) target.attempts = DIRECT_ATTEMPTS;
    if (!target.dialling && target.timer === undefined) this.#schedule(target, this.#patienceMs(id));
    return true;
  }

  #newTarget(peer: PeerId): Target | undefined {
    if (this.#targets.size >= LIMITS.dialledPeers) return undefined;
    const target: Target = { peer, addresses: [], attempts: 0, dialling: false, timer: undefined };
    this.#targets.set(peer.toString(), target);
    return target;
  }

  #patienceMs(id: string): number {
    return this.#libp2p.peerId.toString() < id ? 0 : YIELD_MS;
  }

  #isDone(peer: PeerId, addresses: readonly string[]): boolean {
    if (addresses.some((address) => !isRelayedAddress(address))) return this.#peers.isDirectlyConnected(peer);
    return this.#peers.best(peer) !== undefined;
  }

  #schedule(target: Target, afterMs: number): void {
    target.timer = setTimeout(() => {
      target.timer = undefined;
      this.#attempt(target).catch(() => undefined);
    }, afterMs);
  }

  async #attempt(target: Target): Promise<void> {
    if (this.#isDone(target.peer, target.addresses)) return this.#forget(target);
    target.dialling = true;
    target.attempts++;
    try {
      await this.#dial(target);
      this.#forget(target);
    } catch {
      if (this.#stopped.signal.aborted) return;
      if (target.attempts < ATTEMPTS) this.#schedule(target, RETRY_AFTER_MS * target.attempts);
      else this.#forget(target);
    } finally {
      target.dialling = false;
    }
  }

  async #dial({ peer, addresses, attempts }: Target): Promise<void> {
    const direct = addresses.filter((address) => !isRelayedAddress(address));
    const chosen = direct.length > 0 && attempts <= DIRECT_ATTEMPTS ? direct : addresses;
    const relayedLink = this.#peers.best(peer) !== undefined;
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
    // A relayed link counts as a connection: only force goes on to a direct one.
    await this.#libp2p.dial(
      chosen.map((address) => multiaddr(address)),
      { signal, force: relayedLink },
    );
  }

  #forget(target: Target): void {
    this.#targets.delete(target.peer.toString());
  }

  #canDial(address: string, id: string): boolean {
    if (isWebRtcAddress(address) && !this.#speaksWebRtc) return false;
    try {
      const components = multiaddr(address).getComponents();
      return components.findLast(({ name }) => name === "p2p")?.value === id;
    } catch {
      return false;
    }
  }
}

function parsePeerId(text: string): PeerId | undefined {
  try {
    return peerIdFromString(text);
  } catch {
    return undefined;
  }
}
