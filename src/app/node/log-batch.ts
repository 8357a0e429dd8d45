import type { ErrorData } from "../../core/errors.ts";
import { type LogTail, verifyLogStep } from "../../core/messages/log.ts";
import type { Message } from "../../core/messages/message.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Store, StoredMessage } from "../../ports/store.ts";
import type { EarlyMessages } from "./early-messages.ts";
import type { LogTails } from "./log-tails.ts";

/**
 * Messages on their way into the logs, one after another by core's rule, until they are written together. Whoever adds
 * them holds the locks of their authors.
 */
export class LogBatch {
  /** In the order in which they are kept. */
  readonly accepted = new Map<Cid, Message>();
  readonly forks: Message[] = [];
  gaps = 0;
  readonly #store: Store;
  readonly #tails: LogTails;
  readonly #early: EarlyMessages;
  /** Of the logs that this batch makes longer. */
  readonly #moved = new Map<NodeId, LogTail>();

  constructor(store: Store, tails: LogTails, early: EarlyMessages) {
    this.#store = store;
    this.#tails = tails;
    this.#early = early;
  }

  get tails(): Iterable<LogTail> {
    return this.#moved.values();
  }

  /** The message as the database has it in its author's log; undefined when that has another one in its place, or none. */
  async held({ cid, envelope: { author, sequence } }: Message): Promise<StoredMessage | undefined> {
    const tail = await this.#tailOf(author);
    if (tail === undefined || sequence > tail.envelope.sequence) return undefined;
    const [inItsPlace] = await this.#store.messagesOfAuthor(author, sequence, sequence + 1);
    return inItsPlace?.cid === cid ? inItsPlace : undefined;
  }

  /** Takes a message that is not held, with what came early and continues it. Codes: those of verifyLogStep. */
  async add(message: Message): Promise<ErrorData | undefined> {
    const problem = verifyLogStep(await this.#tailOf(message.envelope.author), message);
    if (problem === undefined) {
      this.#accept(message);
      return undefined;
    }
    if (problem.code === "log-fork") this.forks.push(message);
    if (problem.code === "log-gap") {
      this.gaps++;
      this.#early.add(message);
    }
    return problem;
  }

  #accept(message: Message): void {
    const { author } = message.envelope;
    let last = message;
    for (let next: Message | undefined = message; next !== undefined; ) {
      last = next;
      this.accepted.set(last.cid, last);
      const follower = this.#early.take(author, last.envelope.sequence + 1);
      next = follower && verifyLogStep(last, follower) === undefined ? follower : undefined;
    }
    this.#moved.set(author, last);
  }

  async #tailOf(author: NodeId): Promise<LogTail | undefined> {
    return this.#moved.get(author) ?? (await this.#tails.of(author));
  }
}

/** By author, then sequence. */
export function inLogOrder(messages: readonly Message[]): Message[] {
  const byAuthor = (a: Message, b: Message) =>
    a.envelope.author < b.envelope.author ? -1 : a.envelope.author > b.envelope.author ? 1 : 0;
  return messages.toSorted((a, b) => byAuthor(a, b) || a.envelope.sequence - b.envelope.sequence);
}
