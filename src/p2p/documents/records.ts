import { applyUpdate, Doc, encodeStateAsUpdate } from "yjs";
import type { z } from "../../core/codec/zod.ts";
import { failure, reject } from "../../core/errors.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Part } from "./frames.ts";
import type { Scope } from "./scope.ts";

/** One author's records: a Yjs map that nobody else writes, so that nothing in it can be deleted by others. */
export interface OwnRecords<T> {
  readonly author: NodeId;
  readonly records: ReadonlyMap<string, T>;
}

const MAP = "records";

/** Records of one document, each author's their own, checked against a schema; what breaks it is not shown. */
export class Records<T> {
  readonly #scope: Scope;
  readonly #document: string;
  readonly #schema: z.ZodType<T>;
  readonly #limit: number;
  readonly #open: (part: Part) => Uint8Array;
  readonly #seal: (update: Uint8Array) => Uint8Array;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    scope: Scope,
    document: string,
    schema: z.ZodType<T>,
    limit: number,
    open: (part: Part) => Uint8Array = ({ update }) => update,
    seal: (update: Uint8Array) => Uint8Array = (update) => update,
  ) {
    this.#scope = scope;
    this.#document = document;
    this.#schema = schema;
    this.#limit = limit;
    this.#open = open;
    this.#seal = seal;
  }

  /** By author, each author's in the order of their keys. */
  all(): readonly OwnRecords<T>[] {
    return this.#scope.parts(this.#document).map((part) => ({
      author: part.author,
      records: this.#read(readDocument(this.#open(part))),
    }));
  }

  /** Changes this node's own records, one change after another. Errors: document-full. */
  change(
    change: (records: { set(key: string, value: T): void; delete(key: string): void }) => void,
  ): Promise<void> {
    const changed = this.#writing.then(async () => {
      const own = this.#scope.own(this.#document);
      const doc = own === undefined ? new Doc() : readDocument(this.#open(own));
      // Versions of one author's document follow each other and are never merged: one name is enough for all.
      doc.clientID = 1;
      const map = doc.getMap(MAP);
      doc.transact(() =>
        change({ set: (key, value) => map.set(key, value), delete: (key) => map.delete(key) }),
      );
      if (map.size > this.#limit) {
        throw failure("document-full", "There is no room for more.", `${this.#limit} entries`, `${map.size}`);
      }
      await this.#scope.write(this.#document, this.#seal(encodeStateAsUpdate(doc)));
    });
    this.#writing = changed.catch(() => undefined);
    return changed;
  }

  #read(doc: Doc): ReadonlyMap<string, T> {
    const records = new Map<string, T>();
    for (const [key, value] of [...doc.getMap(MAP).entries()].slice(0, this.#limit)) {
      const parsed = this.#schema.safeParse(value);
      if (parsed.success) records.set(key, parsed.data);
    }
    return new Map([...records].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** The document that a Yjs update makes on its own. Throws ParleyError malformed-document, verdict REJECT. */
export function readDocument(update: Uint8Array): Doc {
  const doc = new Doc();
  try {
    applyUpdate(doc, update);
  } catch (thrown) {
    throw reject("malformed-document", "This is no update of a document", "a Yjs update", String(thrown));
  }
  return doc;
}
