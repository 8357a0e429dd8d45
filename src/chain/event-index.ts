import { failure, ParleyError } from "../core/errors.ts";
import type { GenesisChain } from "../core/genesis.ts";
import type { ChainEvents, IndexProgress } from "../ports/chain-events.ts";
import type { ChainRecords } from "../ports/chain-records.ts";
import type { BlockReference } from "../ports/transactions.ts";
import { lastBlockAt } from "./blocks.ts";
import { isTooWide } from "./endpoint-errors.ts";
import { toChainError } from "./errors.ts";
import { readEvents } from "./event-logs.ts";
import { withStakers } from "./event-stakers.ts";
import { without0x } from "./hex.ts";
import type { ReadClient } from "./network.ts";

export interface EventIndexParts {
  readonly client: ReadClient;
  readonly contracts: GenesisChain;
  readonly records: ChainRecords;
  /** No event of this network is older (Unix ms). */
  readonly sinceMs: number;
}

/** Blocks of one getLogs: public endpoints allow between 500 and 10,000. */
const FIRST_RANGE = 1_000;
const WIDEST_RANGE = 10_000;
/** So few are asked for one by one, by their hashes: no reorganisation can come between. */
const ONE_BY_ONE = 4;
/** Hashes of so many blocks below the head are remembered. */
const REMEMBERED = 64;
const ATTEMPTS = 3;

type Header = BlockReference & { readonly parentHash: string; readonly timestampMs: number };
type Tip = NonNullable<IndexProgress["tip"]>;

/** Reads the events of the network's contracts, block after block, through reorganisations and reloads. */
export function createEventIndex(parts: EventIndexParts): ChainEvents {
  const index = new EventIndex(parts);
  return {
    async follow() {
      try {
        return await index.follow();
      } catch (thrown) {
        throw toChainError(thrown);
      }
    },
  };
}

class EventIndex {
  readonly #parts: EventIndexParts;
  /** As wide as the endpoints allow, found by trying. */
  #range = FIRST_RANGE;

  constructor(parts: EventIndexParts) {
    this.#parts = parts;
  }

  async follow(): Promise<IndexProgress> {
    let undoneBlocks = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        const head = await this.#header();
        undoneBlocks += await this.#goBack(head);
        await this.#readOn(head);
        const tip = await this.#parts.records.indexTip();
        return { tip, headNumber: head.number, undoneBlocks };
      } catch (thrown) {
        if (!(thrown instanceof Moved) || attempt === ATTEMPTS) throw thrown;
      }
    }
  }

  /** To the newest block that the chain still has; how many blocks that undid. */
  async #goBack(head: Header): Promise<number> {
    const { records } = this.#parts;
    const tip = await records.indexTip();
    if (tip === undefined) return 0;
    const remembered = (await records.indexedBlocks()).filter(({ number }) => number <= head.number);
    let common: BlockReference | undefined;
    for (let start = 0; common === undefined && start < remembered.length; start += ONE_BY_ONE) {
      const some = remembered.slice(start, start + ONE_BY_ONE);
      const headers = await Promise.all(some.map(({ number }) => this.#header(number)));
      common = some.find(({ hash }, index) => headers[index]?.hash === hash);
    }
    // An endpoint that lags knows fewer blocks, and the same ones.
    const isSame = common !== undefined && common.number === remembered[0]?.number;
    if (isSame) return 0;
    await records.rollBack(common);
    return tip.number - (common?.number ?? -1);
  }

  async #readOn(head: Header): Promise<void> {
    const { records } = this.#parts;
    let tip = await records.indexTip();
    let from = tip === undefined ? await this.#firstBlock() : tip.number + 1;
    while (from <= head.number) {
      const to = Math.min(from + this.#range - 1, head.number);
      const next = await this.#readRange(tip, from, to, head.number);
      if (next === undefined) continue;
      // Another tab has read on: it is ahead, and this one has nothing to add.
      if (!next.added) return;
      tip = next.tip;
      from = to + 1;
    }
  }

  /** Undefined when the range was too wide: it is narrower now. */
  async #readRange(
    after: Tip | undefined,
    from: number,
    to: number,
    headNumber: number,
  ): Promise<{ readonly tip: Tip; readonly added: boolean } | undefined> {
    const { records } = this.#parts;
    const headers = await this.#headers(Math.min(to, Math.max(from, headNumber - REMEMBERED + 1)), to);
    checkLinks(after, from, headers);
    try {
      const events = await withStakers(await this.#events(from, to, headers), records);
      this.#range = Math.min(this.#range * 2, WIDEST_RANGE);
      const last = headers.at(-1);
      if (last === undefined) throw new Moved();
      const { number, hash, timestampMs } = last;
      const tip = { number, hash, timestampMs };
      const blocks = headers.map((header) => ({ number: header.number, hash: header.hash }));
      return { tip, added: await records.addEvents({ after: endOf(after), tip, blocks, events }) };
    } catch (thrown) {
      if (!isTooWide(thrown)) throw thrown;
      if (from === to) {
        throw failure("logs-refused", "No endpoint of the chain gives the events of a block", String(from));
      }
      this.#range = Math.max(1, Math.floor((to - from + 1) / 2));
      return undefined;
    }
  }

  async #events(from: number, to: number, headers: readonly Header[]) {
    const { client, contracts } = this.#parts;
    if (headers.length === to - from + 1 && headers.length <= ONE_BY_ONE) {
      const one = (header: Header) => readEvents(client, contracts, { blockHash: header.hash });
      return (await Promise.all(headers.map(one))).flat();
    }
    const events = await readEvents(client, contracts, { from, to });
    // The range was read by number: it counts only when its blocks are still those whose hashes are remembered.
    const again = await this.#header(to);
    const hashes = new Map(headers.map(({ number, hash }) => [number, hash]));
    const isOther = events.some(
      ({ blockNumber, blockHash }) => (hashes.get(blockNumber) ?? blockHash) !== blockHash,
    );
    if (isOther || again.hash !== headers.at(-1)?.hash) throw new Moved();
    return events;
  }

  async #firstBlock(): Promise<number> {
    const { client, sinceMs } = this.#parts;
    return Number((await lastBlockAt(client, BigInt(Math.floor(sinceMs / 1_000)))).number);
  }

  #headers(from: number, to: number): Promise<readonly Header[]> {
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    return Promise.all(numbers.map((number) => this.#header(number)));
  }

  /** The newest one without a number. */
  async #header(blockNumber?: number): Promise<Header> {
    const { client } = this.#parts;
    const block = await client
      .getBlock(blockNumber === undefined ? {} : { blockNumber: BigInt(blockNumber) })
      .catch((thrown: unknown) => {
        // A shorter chain than a moment ago.
        if (thrown instanceof Error && thrown.name === "BlockNotFoundError") throw new Moved();
        throw thrown;
      });
    return {
      number: Number(block.number),
      hash: without0x(block.hash),
      parentHash: without0x(block.parentHash),
      timestampMs: Number(block.timestamp) * 1_000,
    };
  }
}

/** The chain has changed while it was read: it is read again from where it is still the same. */
class Moved extends ParleyError {
  constructor() {
    super({ code: "chain-moving", message: "The chain reorganises faster than it can be read" });
  }
}

function checkLinks(after: Tip | undefined, from: number, headers: readonly Header[]): void {
  const [first] = headers;
  const builds = first?.number !== from || after === undefined || first.parentHash === after.hash;
  const linked = headers.every(
    ({ parentHash }, index) => index === 0 || parentHash === headers[index - 1]?.hash,
  );
  if (!builds || !linked) throw new Moved();
}

function endOf(tip: Tip | undefined): BlockReference | undefined {
  return tip && { number: tip.number, hash: tip.hash };
}
