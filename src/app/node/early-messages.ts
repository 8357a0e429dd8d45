import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import type { NodeId } from "../../core/primitives.ts";

interface Waiting {
  readonly messages: Map<number, Message>;
  bytes: number;
}

/**
 * Checked messages that came before their predecessors, until sync brings those. Bounded in number and bytes, and fairly:
 * when it is full, the author of the most bytes loses the message that has longest to wait. Sync brings it again.
 */
export class EarlyMessages {
  readonly #authors = new Map<NodeId, Waiting>();
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(message: Message): void {
    const { author, sequence } = message.envelope;
    const waiting = this.#authors.get(author) ?? { messages: new Map<number, Message>(), bytes: 0 };
    if (waiting.messages.has(sequence)) return;
    this.#authors.set(author, waiting);
    waiting.messages.set(sequence, message);
    this.#add(waiting, 1, message.bytes.length);
    if (waiting.messages.size > LIMITS.earlyMessagesPerAuthor) this.#dropLast(author, waiting);
    while (this.#count > LIMITS.earlyMessages || this.#bytes > LIMITS.earlyBytes) this.#dropFromLargest();
  }

  /** Takes out what waits for this place. */
  take(author: NodeId, sequence: number): Message | undefined {
    const waiting = this.#authors.get(author);
    const message = waiting?.messages.get(sequence);
    if (waiting === undefined || message === undefined) return undefined;
    this.#remove(author, waiting, message);
    return message;
  }

  #dropFromLargest(): void {
    let largest: [NodeId, Waiting] | undefined;
    for (const entry of this.#authors) if (entry[1].bytes > (largest?.[1].bytes ?? -1)) largest = entry;
    if (largest !== undefined) this.#dropLast(...largest);
  }

  #dropLast(author: NodeId, waiting: Waiting): void {
    const message = waiting.messages.get(Math.max(...waiting.messages.keys()));
    if (message !== undefined) this.#remove(author, waiting, message);
  }

  #remove(author: NodeId, waiting: Waiting, message: Message): void {
    waiting.messages.delete(message.envelope.sequence);
    this.#add(waiting, -1, -message.bytes.length);
    if (waiting.messages.size === 0) this.#authors.delete(author);
  }

  #add(waiting: Waiting, count: number, bytes: number): void {
    waiting.bytes += bytes;
    this.#count += count;
    this.#bytes += bytes;
  }
}
