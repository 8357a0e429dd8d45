import type { PeerId } from "@libp2p/interface";
import type { ErrorData } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";

export type RefusalCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Peers that are remembered as refused; the oldest is forgotten first. */
const REMEMBERED_PEERS = 1_024;
/** Distinct codes counted for one peer. */
const CODES_PER_PEER = 64;

/** Counts what peers did wrong, and says which ones to drop, for LIMITS.droppedPeerMs. */
export class Refusals {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #rejected = new Map<string, number>();
  readonly #droppedUntilMs = new Map<string, number>();
  readonly #nowMs: () => number;
  #listener: (peer: PeerId, dropped: boolean) => void = () => undefined;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /** `dropped` is true when this refusal was the one too many. */
  onChange(listener: (peer: PeerId, dropped: boolean) => void): void {
    this.#listener = listener;
  }

  add(peer: PeerId, error: ErrorData): void {
    const key = peer.toString();
    this.#count(key, error.code);
    this.#listener(peer, error.verdict === "REJECT" && this.#reject(key));
  }

  isDropped(peer: PeerId): boolean {
    const untilMs = this.#droppedUntilMs.get(peer.toString());
    return untilMs !== undefined && this.#nowMs() < untilMs;
  }

  /** By peer id and code. */
  counts(): RefusalCounts {
    return Object.fromEntries([...this.#counts].map(([peer, codes]) => [peer, Object.fromEntries(codes)]));
  }

  #count(key: string, code: string): void {
    const codes = this.#counts.get(key) ?? new Map<string, number>();
    if (codes.size < CODES_PER_PEER || codes.has(code)) codes.set(code, (codes.get(code) ?? 0) + 1);
    remember(this.#counts, key, codes);
  }

  #reject(key: string): boolean {
    const rejected = (this.#rejected.get(key) ?? 0) + 1;
    if (rejected < LIMITS.rejectedMessagesPerPeer) {
      remember(this.#rejected, key, rejected);
      return false;
    }
    this.#rejected.delete(key);
    remember(this.#droppedUntilMs, key, this.#nowMs() + LIMITS.droppedPeerMs);
    return true;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= REMEMBERED_PEERS) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
