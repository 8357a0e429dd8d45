import type { PeerId } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { LIMITS } from "../../core/limits.ts";
import { isRelayedAddress, lastRelayOf } from "../addresses.ts";
import { Backoff } from "../backoff.ts";
import type { ParleyLibp2p } from "../libp2p.ts";
import type { LinkWish } from "../link-wish.ts";
import type { Peers } from "../peers.ts";
import type { RtcBudget } from "../rtc-budget.ts";
import type { Announcement } from "./announcement.ts";
import { addressesToDial, DIRECT_ATTEMPTS, dialsFirst } from "./dial-order.ts";

/** Of two peers that hear each other one dials; the other one waits this long first. */
const YIELD_MS = 2_500;
/** About 3 % of WebRTC set-ups take 12 to 14 s; the next attempt is faster than waiting for them. */
const DIAL_TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = 1_000;
const ATTEMPTS = 4;
/** Between rounds: each direct attempt may spend a WebRTC connection, of which a page has few. */
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 10 * 60_000;
/** More at once take each other's time until all of them are late: each is a handshake of ICE, DTLS and Noise. */
const DIALS_AT_ONCE = 6;

interface Target {
  readonly peer: PeerId;
  readonly rest: Backoff;
  addresses: readonly string[];
  attempts: number;
  notBeforeMs: number;
  dialling: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export interface DiallerOptions {
  readonly libp2p: ParleyLibp2p;
  readonly peers: Peers;
  readonly speaksWebRtc: boolean;
  readonly wish: LinkWish;
  /** Absent where connections are not counted. */
  readonly budget?: RtcBudget | undefined;
}

/**
 * Dials announced peers, directly where both can, until as many are linked as are wished for; peers that cannot be reached are
 * asked ever more rarely.
 */
export class Dialler {
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #speaksWebRtc: boolean;
  readonly #wish: LinkWish;
  readonly #budget: RtcBudget | undefined;
  readonly #targets = new Map<string, Target>();
  /** Due, and waiting for their turn. */
  readonly #waiting = new Set<Target>();
  readonly #stopped = new AbortController();
  #dials = 0;

  constructor({ libp2p, peers, speaksWebRtc, wish, budget }: DiallerOptions) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#speaksWebRtc = speaksWebRtc;
    this.#wish = wish;
    this.#budget = budget;
  }

  stop(): void {
    this.#stopped.abort();
    for (const { timer } of this.#targets.values()) clearTimeout(timer);
    this.#targets.clear();
    this.#waiting.clear();
  }

  /** There is reason to think that peers can be reached now: nobody rests. */
  hurry(): void {
    for (const target of this.#targets.values()) {
      target.rest.reset();
      target.notBeforeMs = 0;
      if (target.timer === undefined) continue;
      clearTimeout(target.timer);
      this.#schedule(target, 0);
    }
  }

  /** Dials the peer unless it is ourselves or linked already, as well as can be, or rests; says nothing when it cannot. */
  announced({ peer: id, addresses }: Pick<Announcement, "peer" | "addresses">): void {
    const peer = parsePeerId(id);
    if (peer === undefined || peer.equals(this.#libp2p.peerId) || this.#stopped.signal.aborted) return;
    if (this.#peers.isDirectlyConnected(peer) || !this.#isWanted(peer)) return;
    const dialable = addresses.filter((address) => this.#canDial(address, id));
    if (dialable.length === 0 || this.#isDone(peer, dialable)) return;
    const target = this.#targets.get(id) ?? this.#newTarget(peer);
    if (target === undefined) return;
    target.addresses = dialable;
    const isBusy = target.dialling || target.timer !== undefined || this.#waiting.has(target);
    if (isBusy || target.notBeforeMs > Date.now()) return;
    this.#schedule(target, this.#patienceMs(id, dialable));
  }

  #newTarget(peer: PeerId): Target | undefined {
    if (this.#targets.size >= LIMITS.dialledPeers) this.#forgetResting();
    if (this.#targets.size >= LIMITS.dialledPeers) return undefined;
    const target: Target = {
      peer,
      rest: new Backoff(FIRST_REST_MS, LONGEST_REST_MS),
      addresses: [],
      attempts: 0,
      notBeforeMs: 0,
      dialling: false,
      timer: undefined,
    };
    this.#targets.set(peer.toString(), target);
    return target;
  }

  /** Makes room: of those that rest, the one that was met first. */
  #forgetResting(): void {
    for (const target of this.#targets.values()) {
      if (target.dialling || target.timer !== undefined || this.#waiting.has(target)) continue;
      this.#forget(target);
      return;
    }
  }

  #patienceMs(id: string, addresses: readonly string[]): number {
    const own = { id: this.#libp2p.peerId.toString(), addresses: this.#libp2p.getMultiaddrs().map(String) };
    return dialsFirst(own, { id, addresses }) ? 0 : YIELD_MS;
  }

  #isDone(peer: PeerId, addresses: readonly string[]): boolean {
    if (addresses.some((address) => !isRelayedAddress(address))) return this.#peers.isDirectlyConnected(peer);
    return this.#peers.best(peer) !== undefined;
  }

  /** One more link, or a better one. */
  #isWanted(peer: PeerId): boolean {
    if (this.#peers.best(peer) !== undefined) return true;
    return this.#peers.chosenCount() + this.#dials < this.#wish.links(Date.now());
  }

  #schedule(target: Target, afterMs: number): void {
    target.timer = setTimeout(() => {
      target.timer = undefined;
      this.#attempt(target).catch(() => undefined);
    }, afterMs);
  }

  async #attempt(target: Target): Promise<void> {
    // Whom it did not dial now it hears of again.
    if (this.#isDone(target.peer, target.addresses) || !this.#isWanted(target.peer))
      return this.#forget(target);
    const isComing = this.#libp2p.services.rtcGuard.isBeginning(
      `${target.peer}`,
      DIAL_TIMEOUT_MS,
      Date.now(),
    );
    if (isComing) return this.#schedule(target, RETRY_AFTER_MS);
    if (this.#dials >= DIALS_AT_ONCE) {
      this.#waiting.add(target);
      return;
    }
    const chosen = this.#choose(target);
    if (chosen.length === 0) return this.#restOrGoOn(target);
    target.dialling = true;
    this.#dials += 1;
    try {
      await this.#dial(target.peer, chosen);
    } catch {
      // Asked again below, while there is somebody to ask.
    } finally {
      target.dialling = false;
      this.#dials -= 1;
      this.#nextInTurn();
    }
    if (this.#stopped.signal.aborted) return;
    if (this.#isDone(target.peer, target.addresses)) this.#forget(target);
    else this.#restOrGoOn(target);
  }

  #nextInTurn(): void {
    for (const target of this.#waiting) {
      if (this.#dials >= DIALS_AT_ONCE) return;
      this.#waiting.delete(target);
      this.#attempt(target).catch(() => undefined);
    }
  }

  #restOrGoOn(target: Target): void {
    target.attempts += 1;
    const isLinked = this.#peers.best(target.peer) !== undefined;
    if (target.attempts < ATTEMPTS && !(isLinked && target.attempts >= DIRECT_ATTEMPTS)) {
      this.#schedule(target, RETRY_AFTER_MS * target.attempts);
      return;
    }
    // Later rounds: one direct attempt, then the relayed ones. One begins when it is told of again.
    target.attempts = DIRECT_ATTEMPTS - 1;
    target.notBeforeMs = Date.now() + target.rest.failed();
  }

  #choose({ peer, addresses, attempts }: Target): readonly string[] {
    const isLinked = this.#peers.best(peer) !== undefined;
    const mayUseWebRtc = this.#budget?.mayDial(this.#peers.directCount()) !== false;
    return addressesToDial({ addresses, attempts, isLinked, mayUseWebRtc });
  }

  async #dial(peer: PeerId, addresses: readonly string[]): Promise<void> {
    const relayedLink = this.#peers.best(peer) !== undefined;
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
    // A relayed link counts as a connection: only force goes on to a direct one.
    await this.#libp2p.dial(
      addresses.map((address) => multiaddr(address)),
      { signal, force: relayedLink },
    );
  }

  #forget(target: Target): void {
    clearTimeout(target.timer);
    this.#waiting.delete(target);
    this.#targets.delete(target.peer.toString());
  }

  #canDial(address: string, id: string): boolean {
    if (address.includes("/webrtc") && !this.#speaksWebRtc) return false;
    try {
      const components = multiaddr(address).getComponents();
      if (components.findLast(({ name }) => name === "p2p")?.value !== id) return false;
      // A relay that is named without an address is a peer: it helps those who are linked with it.
      const relay = components[0]?.name === "p2p" ? parsePeerId(lastRelayOf(address) ?? "") : undefined;
      return components[0]?.name !== "p2p" || (relay !== undefined && this.#peers.isDirectlyConnected(relay));
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
