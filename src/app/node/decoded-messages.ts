import { LIMITS } from "../../core/limits.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";

/** Checked messages at hand, bounded in number and bytes; the least recently used go first. */
export class DecodedMessages {
  readonly #messages = new Map<Cid, Message>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get(cid: Cid): Message | undefined {
    const message = this.#messages.get(cid);
    if (message === undefined) return undefined;
    this.#messages.delete(cid);
    this.#messages.set(cid, message);
    return message;
  }

  add(message: Message): Message {
    if (!this.#messages.has(message.cid)) this.#bytes += message.bytes.length;
    this.#messages.set(message.cid, message);
    for (const [cid, { bytes }] of this.#messages) {
      const isFull =
        this.#messages.size > LIMITS.decodedMessagesCached || this.#bytes > LIMITS.decodedBytesCached;
      if (!isFull) break;
      this.#messages.delete(cid);
      this.#bytes -= bytes.length;
    }
    return message;
  }
}
