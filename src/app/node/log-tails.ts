import { failure } from "../../core/errors.ts";
import type { LogTail } from "../../core/messages/log.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { LogHeads } from "../../ports/log-sync.ts";
import type { Store } from "../../ports/store.ts";

/**
 * How long each log is, and its last message. Read from the database once, and kept by whoever writes: asking it for
 * every message would cost more than the message.
 */
export class LogTails {
  readonly #store: Store;
  readonly #tails = new Map<NodeId, LogTail>();
  #heads: Promise<Map<NodeId, number>> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A live view: it changes with every message that is kept. */
  async heads(): Promise<LogHeads> {
    return this.#read();
  }

  /** Undefined while nothing of the author is held. Errors: log-hole. */
  async of(author: NodeId): Promise<LogTail | undefined> {
    const known = this.#tails.get(author);
    if (known !== undefined) return known;
    const count = (await this.#read()).get(author) ?? 0;
    if (count === 0) return undefined;
    const [last] = await this.#store.messagesOfAuthor(author, count - 1, count);
    if (!last) throw failure("log-hole", "A message of a log is missing from the database", `${count - 1}`);
    const tail: LogTail = { cid: last.cid, envelope: { author, sequence: last.sequence } };
    this.#tails.set(author, tail);
    return tail;
  }

  /** After a write: this is the last message of its author's log now. */
  async moved({ cid, envelope: { author, sequence } }: LogTail): Promise<void> {
    this.#tails.set(author, { cid, envelope: { author, sequence } });
    (await this.#read()).set(author, sequence + 1);
  }

  #read(): Promise<Map<NodeId, number>> {
    const heads = this.#heads ?? this.#store.logHeads().then((held) => new Map(held));
    this.#heads = heads;
    // A database that fails once is asked again.
    heads.catch(() => {
      if (this.#heads === heads) this.#heads = undefined;
    });
    return heads;
  }
}
