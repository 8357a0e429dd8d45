import type { PeerId } from "@libp2p/interface";
import type { ErrorData } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";

export type RefusalCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Peers that are remembered as refused; the oldest is forgotten first. */
const REMEMBERED_PEERS = 1_024;
/** Distinct codes counted for one peer. */
const CODES_PER_PEER = 64;

interface Misdeeds {
  /** In REJECTs, at `atMs`; less as time goes by. */
  readonly rejects: number;
  readonly atMs: number;
}

/**
 * Counts what peers did wrong, and says which ones to drop, for LIMITS.droppedPeerMs: those with too many messages judged
 * REJECT, and those that go on far above their quota. Both are forgiven slowly: over a week an honest peer makes mistakes.
 */
export class Refusals {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #misdeeds = new Map<string, Misdeeds>();
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

  /** `isExcess`: the peer is far above its quota with this message, whatever is in it. */
  add(peer: PeerId, error: ErrorData, isExcess = false): void {
    const key = peer.toString();
    this.#count(key, error.code);
    const weight = error.verdict === "REJECT" ? 1 : isExcess ? 1 / LIMITS.gossipExcessPerReject : 0;
    this.#listener(peer, weight > 0 && this.#blame(key, weight));
  }

  isDropped(peer: PeerId): boolean {
    const untilMs = this.#droppedUntilMs.get(peer.toString());
    return untilMs !== undefined && this.#nowMs() < untilMs;
  }

  /** Messages judged REJECT, and excess in the same coin, that are not forgiven yet. */
  rejectsOf(peer: string): number {
    const misdeeds = this.#misdeeds.get(peer);
    if (misdeeds === undefined) return 0;
    return Math.max(0, misdeeds.rejects - (this.#nowMs() - misdeeds.atMs) / LIMITS.rejectForgivenMs);
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

  #blame(key: string, weight: number): boolean {
    const rejects = this.rejectsOf(key) + weight;
    remember(this.#misdeeds, key, { rejects, atMs: this.#nowMs() });
    // Half a REJECT is allowed for what was forgiven between the first and the last of a row.
    if (rejects < LIMITS.rejectedMessagesPerPeer - 0.5) return false;
    this.#misdeeds.delete(key);
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
