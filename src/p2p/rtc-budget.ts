import { LIMITS } from "../core/limits.ts";
import type { LinkBudget } from "../ports/gossip.ts";

/** With fewer left than this, only links that are needed are made. */
const FEW_LEFT = 100;
/** So many links to peers suffice for everything to arrive, when connections are few. */
const NEEDED_LINKS = 6;
/** Accepted above the number at which this page stops to dial; the least useful are ended then. */
const SPARE_OPEN = 8;

/**
 * Counts the RTCPeerConnections of a page. Chrome allows about 500 in a page's life, closed ones included
 * (https://github.com/libp2p/js-libp2p/issues/2591); when they are used up, only a reload helps.
 */
export class RtcBudget {
  #used = 0;
  readonly #open = new Set<object>();

  status(): LinkBudget {
    return { used: this.#used, allowed: LIMITS.rtcConnectionsPerPage, open: this.#open.size };
  }

  made(connection: object): void {
    this.#used += 1;
    this.#open.add(connection);
  }

  ended(connection: object): void {
    this.#open.delete(connection);
  }

  /** Whether to begin a WebRTC connection, with so many peers linked directly. */
  mayDial(links: number): boolean {
    return this.#open.size < LIMITS.openRtcConnections && this.#allows(links, NEEDED_LINKS);
  }

  /** Whether to let a peer begin one with us. */
  mayAccept(links: number): boolean {
    const room = this.#open.size < LIMITS.openRtcConnections + SPARE_OPEN;
    return room && this.#allows(links, 2 * NEEDED_LINKS);
  }

  /** How many to end. */
  excess(): number {
    return Math.max(0, this.#open.size - LIMITS.openRtcConnections);
  }

  #allows(links: number, needed: number): boolean {
    const left = LIMITS.rtcConnectionsPerPage - this.#used;
    return left > 0 && (left > FEW_LEFT || links < needed);
  }
}

interface RtcScope {
  RTCPeerConnection?: typeof RTCPeerConnection;
}

const counted = new WeakMap<object, RtcBudget>();

/** Counts from now on what this page makes; once, before the transport takes the constructor. Undefined where there is none. */
export function countConnections(scope: RtcScope = globalThis): RtcBudget | undefined {
  const Native = scope.RTCPeerConnection;
  if (Native === undefined) return undefined;
  const known = counted.get(Native);
  if (known !== undefined) return known;
  const budget = new RtcBudget();
  class CountedConnection extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      budget.made(this);
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "closed" || this.connectionState === "failed") budget.ended(this);
      });
    }

    override close(): void {
      super.close();
      budget.ended(this);
    }
  }
  scope.RTCPeerConnection = CountedConnection;
  counted.set(CountedConnection, budget);
  return budget;
}
