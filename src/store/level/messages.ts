import type { Cid, NodeId } from "../../core/primitives.ts";
import type { StoredMessage } from "../../ports/store.ts";
import type { LevelDatabase, Write } from "./database.ts";
import { between, type KeyRange, keyOf, partsOf, under } from "./keys.ts";

/**
 * Messages of one network in LevelDB: each under its CID, and in three lists (author, epoch, kind) whose keys end with the
 * CID. How long each author's log is without a hole is written in the same batch as the messages, and held in memory.
 */
export class LevelMessages {
  readonly #database: LevelDatabase;
  readonly #network: Cid;
  readonly #heads: Map<NodeId, number>;

  private constructor(database: LevelDatabase, network: Cid, heads: Map<NodeId, number>) {
    this.#database = database;
    this.#network = network;
    this.#heads = heads;
  }

  static async open(database: LevelDatabase, network: Cid): Promise<LevelMessages> {
    const kept = await database.values<Head>(under(network, "head"));
    return new LevelMessages(database, network, new Map(kept.map(({ author, count }) => [author, count])));
  }

  heads(): ReadonlyMap<NodeId, number> {
    return new Map(this.#heads);
  }

  /** How many were new. */
  add(messages: readonly StoredMessage[]): Promise<number> {
    return this.#database.alone(async () => {
      const held = await this.#database.hasMany(messages.map(({ cid }) => this.#place(cid)));
      const fresh = new Map(messages.filter((_, index) => held[index] === false).map((m) => [m.cid, m]));
      const added = [...fresh.values()];
      const heads = await this.#advanced(added);
      if (added.length === 0) return 0;
      await this.#database.write([
        ...added.flatMap((message) => this.#writesOf(message)),
        ...heads.map(
          (head): Write => ({ type: "put", key: keyOf(this.#network, "head", head.author), value: head }),
        ),
      ]);
      for (const { author, count } of heads) this.#heads.set(author, count);
      return added.length;
    });
  }

  addForked(message: StoredMessage): Promise<boolean> {
    return this.#database.alone(async () => {
      const aside = this.#placeAside(message.cid);
      const held = await this.#database.hasMany([this.#place(message.cid), aside]);
      if (held.includes(true)) return false;
      await this.#database.put(aside, message);
      return true;
    });
  }

  async get(cid: Cid): Promise<StoredMessage | undefined> {
    const [found] = await this.#database.getMany<StoredMessage>([this.#place(cid), this.#placeAside(cid)]);
    return found;
  }

  ofEpoch(epoch: number): Promise<readonly StoredMessage[]> {
    return this.#list(under(this.#network, "of-epoch", epoch));
  }

  ofKind(kind: string): Promise<readonly StoredMessage[]> {
    return this.#list(under(this.#network, "of-kind", kind));
  }

  ofAuthor(author: NodeId, from: number, to: number): Promise<readonly StoredMessage[]> {
    return this.#list(between([this.#network, "of-author", author], from, to));
  }

  async #list(range: KeyRange): Promise<readonly StoredMessage[]> {
    const keys = await this.#database.keys(range);
    return this.#database.getMany(keys.map((key) => this.#place(partsOf(key).at(-1) ?? "")));
  }

  #writesOf(message: StoredMessage): readonly Write[] {
    const { cid, author, sequence, epoch, kind } = message;
    const lists = [
      keyOf(this.#network, "of-author", author, sequence, cid),
      keyOf(this.#network, "of-epoch", epoch, author, sequence, cid),
      keyOf(this.#network, "of-kind", kind, author, sequence, cid),
    ];
    return [
      { type: "put", key: this.#place(cid), value: message },
      ...lists.map((key): Write => ({ type: "put", key, value: null })),
    ];
  }

  /** The heads that these messages move, with what is held already. */
  async #advanced(added: readonly StoredMessage[]): Promise<readonly Head[]> {
    const authors = new Set(added.map(({ author }) => author));
    const moved = await Promise.all([...authors].map((author) => this.#advance(author, added)));
    return moved.filter((head) => head !== undefined);
  }

  async #advance(author: NodeId, added: readonly StoredMessage[]): Promise<Head | undefined> {
    const before = this.#heads.get(author) ?? 0;
    const fresh = new Set(added.filter((message) => message.author === author).map((m) => m.sequence));
    let count = before;
    while (fresh.has(count) || (await this.#holds(author, count))) count++;
    return count === before ? undefined : { author, count };
  }

  async #holds(author: NodeId, sequence: number): Promise<boolean> {
    const range = between([this.#network, "of-author", author], sequence, sequence + 1);
    return (await this.#database.keys(range, { limit: 1 })).length > 0;
  }

  #place(cid: Cid): string {
    return keyOf(this.#network, "message", cid);
  }

  #placeAside(cid: Cid): string {
    return keyOf(this.#network, "aside", cid);
  }
}

interface Head {
  readonly author: NodeId;
  readonly count: number;
}
