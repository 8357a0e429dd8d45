import { deserialize, serialize } from "node:v8";
import { ClassicLevel } from "classic-level";
import { levelError } from "./errors.ts";
import type { KeyRange } from "./keys.ts";

export type Write =
  | { readonly type: "put"; readonly key: string; readonly value: unknown }
  | { readonly type: "del"; readonly key: string };

/** A write resolves when it is on the disk: LevelDB flushes its journal before it answers. */
const DURABLE = { sync: true } as const;

/**
 * Values by key in one LevelDB folder. Values are in V8's structured-clone format, which newer versions of Node go on reading.
 * Errors: level-locked (another process has the folder open), storage-full, storage-closed, storage-failed.
 */
export class LevelDatabase {
  readonly #level: ClassicLevel<string, Uint8Array>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(level: ClassicLevel<string, Uint8Array>) {
    this.#level = level;
  }

  static async open(folder: string): Promise<LevelDatabase> {
    const level = new ClassicLevel<string, Uint8Array>(folder, {
      keyEncoding: "utf8",
      valueEncoding: "view",
    });
    await guarded(() => level.open());
    return new LevelDatabase(level);
  }

  /** Reading and then writing, with no other `alone` in between. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  get<T>(key: string): Promise<T | undefined> {
    return guarded(async () => read<T>(await this.#level.get(key)));
  }

  has(key: string): Promise<boolean> {
    return guarded(() => this.#level.has(key));
  }

  hasMany(keys: readonly string[]): Promise<readonly boolean[]> {
    return guarded(() => this.#level.hasMany([...keys]));
  }

  /** In the order of `keys`; those that are not there are left out. */
  getMany<T>(keys: readonly string[]): Promise<readonly T[]> {
    return guarded(async () => {
      const found = await this.#level.getMany([...keys]);
      return found.map((bytes) => read<T>(bytes)).filter((value) => value !== undefined);
    });
  }

  /** In the order of their keys. */
  values<T>(
    range: KeyRange,
    options: { readonly reverse?: boolean; readonly limit?: number } = {},
  ): Promise<readonly T[]> {
    return guarded(async () => {
      const found = await this.#level.values({ ...range, ...options }).all();
      return found.map((bytes) => read<T>(bytes)).filter((value) => value !== undefined);
    });
  }

  keys(
    range: KeyRange,
    options: { readonly reverse?: boolean; readonly limit?: number } = {},
  ): Promise<readonly string[]> {
    return guarded(() => this.#level.keys({ ...range, ...options }).all());
  }

  put(key: string, value: unknown): Promise<void> {
    return guarded(() => this.#level.put(key, serialize(value), DURABLE));
  }

  delete(key: string): Promise<void> {
    return guarded(() => this.#level.del(key, DURABLE));
  }

  /** All or none. */
  write(writes: readonly Write[]): Promise<void> {
    return guarded(() => {
      const batch = writes.map((write) =>
        write.type === "put" ? { ...write, value: serialize(write.value) } : { ...write },
      );
      return this.#level.batch(batch, DURABLE);
    });
  }

  async close(): Promise<void> {
    await this.#turn;
    await guarded(() => this.#level.close());
  }
}

/** What this class wrote itself under a key of that type. */
function read<T>(bytes: Uint8Array | undefined): T | undefined {
  if (bytes === undefined) return undefined;
  const value: T = deserialize(bytes);
  return value;
}

async function guarded<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (thrown) {
    throw levelError(thrown);
  }
}
