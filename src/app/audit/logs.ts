import { genesisCid } from "../../core/artifacts/genesis.ts";
import { compareText } from "../../core/bytes.ts";
import { ParleyError } from "../../core/errors.ts";
import type { Genesis } from "../../core/genesis.ts";
import type { Kind } from "../../core/messages/kinds.ts";
import { verifyLogStep } from "../../core/messages/log.ts";
import { decodeMessage, isMessageOf, type Message, type TypedMessage } from "../../core/messages/message.ts";
import type { Cid } from "../../core/primitives.ts";

/** All messages of a network, decoded. */
export class AuditedLogs {
  readonly all: readonly Message[];
  readonly #byCid: ReadonlyMap<Cid, Message>;

  /** Errors: what decodeMessage refuses. */
  constructor(genesis: Genesis, messages: readonly Uint8Array[]) {
    const network = genesisCid(genesis);
    this.all = messages.map((bytes) => decodeMessage(bytes, network)).sort(byLog);
    this.#byCid = new Map(this.all.map((message) => [message.cid, message]));
  }

  get(cid: Cid): Message | undefined {
    return this.#byCid.get(cid);
  }

  ofKind<K extends Kind>(kind: K): readonly (Message & TypedMessage<K>)[] {
    return this.all.filter(isMessageOf(kind));
  }

  /** Each log from its first message on, without holes and forks. Errors: verifyLogStep's. Returns how many logs. */
  checkLinks(): number {
    let authors = 0;
    let previous: Message | undefined;
    for (const message of this.all) {
      if (message.envelope.author !== previous?.envelope.author) {
        authors++;
        previous = undefined;
      }
      const problem = verifyLogStep(previous, message);
      if (problem !== undefined) throw new ParleyError(problem);
      previous = message;
    }
    return authors;
  }
}

function byLog(a: Message, b: Message): number {
  return (
    compareText(a.envelope.author, b.envelope.author) ||
    a.envelope.sequence - b.envelope.sequence ||
    compareText(a.cid, b.cid)
  );
}
