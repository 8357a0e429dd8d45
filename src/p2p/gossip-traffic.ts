import { classOfTopic } from "../core/messages/topics.ts";
import type { GossipCounts } from "../ports/gossip.ts";

/** Refusal codes counted for one topic. */
const CODES_PER_TOPIC = 64;

interface Counts {
  received: number;
  receivedBytes: number;
  distinct: number;
  accepted: number;
  published: number;
  refused: Record<string, number>;
}

/** What came and went on each class of topics since the start. Copies that GossipSub drops unread count as received. */
export class GossipTraffic {
  readonly #counts = new Map<string, Counts>();

  /** Every message on the wire, and each of this node's own. */
  named(topic: string, bytes: number): void {
    const counts = this.#of(topic);
    counts.received += 1;
    counts.receivedBytes += bytes;
  }

  /** One of those named was this node's own. */
  published(topic: string, bytes: number): void {
    const counts = this.#of(topic);
    counts.published += 1;
    counts.received -= 1;
    counts.receivedBytes -= bytes;
  }

  /** One of those named was no copy. */
  judged(topic: string, refusal: string | undefined): void {
    const counts = this.#of(topic);
    counts.distinct += 1;
    if (refusal === undefined) counts.accepted += 1;
    else if (counts.refused[refusal] !== undefined || Object.keys(counts.refused).length < CODES_PER_TOPIC)
      counts.refused[refusal] = (counts.refused[refusal] ?? 0) + 1;
  }

  /** By class; `other` is what carries no messages of a network. */
  counts(): Readonly<Record<string, GossipCounts>> {
    return Object.fromEntries(
      [...this.#counts].map(([name, { distinct, ...counts }]) => [
        name,
        { ...counts, duplicates: counts.received - distinct, refused: { ...counts.refused } },
      ]),
    );
  }

  #of(topic: string): Counts {
    const name = classOfTopic(topic) ?? "other";
    const counts = this.#counts.get(name) ?? {
      received: 0,
      receivedBytes: 0,
      distinct: 0,
      accepted: 0,
      published: 0,
      refused: {},
    };
    this.#counts.set(name, counts);
    return counts;
  }
}
