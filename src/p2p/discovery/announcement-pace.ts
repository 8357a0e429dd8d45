import { TokenBucket } from "../../core/token-bucket.ts";

/** Between two beats at which a node may say again where it is. */
export const ANNOUNCE_EVERY_MS = 5_000;
const LONGEST_REST_MS = 60_000;
/** News beyond the beats: links and relays that come and go often do not make a node speak as often. */
const NEWS = { burst: 5, perMinute: 6 } as const;

/** When a node says where it is: at once when something changed, but not for each of many; ever more rarely while nothing does. */
export class AnnouncementPace {
  readonly #news: TokenBucket;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #restMs = ANNOUNCE_EVERY_MS;

  constructor(nowMs: number) {
    this.#news = new TokenBucket(NEWS, nowMs);
  }

  /** Something changed: whether to say it now. When not, the next beat says it. */
  news(nowMs: number): boolean {
    this.#restMs = ANNOUNCE_EVERY_MS;
    if (!this.#news.take(1, nowMs)) return false;
    this.#saidAtMs = nowMs;
    return true;
  }

  /** A beat: whether it is time to say it again. */
  beat(nowMs: number): boolean {
    // A timer may come a little early.
    if (nowMs - this.#saidAtMs < this.#restMs - ANNOUNCE_EVERY_MS / 2) return false;
    this.#saidAtMs = nowMs;
    this.#restMs = Math.min(2 * this.#restMs, LONGEST_REST_MS);
    return true;
  }
}
