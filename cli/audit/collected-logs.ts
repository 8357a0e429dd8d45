import { type ErrorData, ignore, toErrorData } from "../../src/core/errors.ts";
import { decodeMessage } from "../../src/core/messages/message.ts";
import type { Cid, NodeId } from "../../src/core/primitives.ts";
import type { LogHeads, LogSource } from "../../src/ports/log-sync.ts";

/** The logs that peers hand to an auditor; checked one by one here, and as a whole by the audit. Gives nothing away. */
export class CollectedLogs implements LogSource {
  readonly #network: Cid;
  readonly #logs = new Map<NodeId, Uint8Array[]>();

  constructor(network: Cid) {
    this.#network = network;
  }

  /** All messages, author by author. */
  messages(): readonly Uint8Array[] {
    return [...this.#logs.values()].flat();
  }

  async heads(): Promise<LogHeads> {
    return new Map([...this.#logs].map(([author, log]) => [author, log.length]));
  }

  async read(author: NodeId, from: number, to: number): Promise<readonly Uint8Array[]> {
    return this.#logs.get(author)?.slice(from, to) ?? [];
  }

  async ingestAll(batch: readonly Uint8Array[]): Promise<readonly (ErrorData | undefined)[]> {
    return Promise.all(batch.map((bytes) => this.ingest(bytes)));
  }

  async find(): Promise<readonly Uint8Array[]> {
    return [];
  }

  async votesAfter(): Promise<readonly Uint8Array[]> {
    return [];
  }

  async ingest(bytes: Uint8Array): Promise<ErrorData | undefined> {
    try {
      const { author, sequence } = decodeMessage(bytes, this.#network).envelope;
      const log = this.#logs.get(author) ?? [];
      if (sequence > log.length) {
        const expected = `${log.length}`;
        return ignore("log-gap", "Messages before this one are missing", expected, `${sequence}`).data;
      }
      if (sequence === log.length) this.#logs.set(author, [...log, Uint8Array.from(bytes)]);
      return undefined;
    } catch (thrown) {
      return toErrorData(thrown);
    }
  }
}
