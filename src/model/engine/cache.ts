import type { LlamaConfig } from "../llama/config.ts";
import { pastName, presentName } from "../llama/decode-graph.ts";
import { type Feeds, float32, int64, type Session, type TensorData } from "../runtime/runtime.ts";

/** Keys and values of the tokens read so far, as a decode graph takes and gives them. */
export interface KeyValueCache {
  /** Rows in use: tokens read. */
  readonly length: number;
  /** Inputs of a run that reads `count` further tokens. */
  feeds(count: number): Feeds;
  /** Takes the results of that run. */
  append(results: Readonly<Record<string, TensorData>>, count: number): void;
  /** Forgets all but the first `count` rows. */
  keep(count: number): Promise<void>;
  /** Forgets all rows and their memory. */
  clear(): void;
}

type CacheConfig = Pick<LlamaConfig, "layers" | "keyValueHeads" | "headSize">;

const PARTS = ["key", "value"] as const;

function slots({ layers }: CacheConfig): { readonly past: string; readonly present: string }[] {
  return Array.from({ length: layers }, (_, layer) =>
    PARTS.map((part) => ({ past: pastName(layer, part), present: presentName(layer, part) })),
  ).flat();
}

/** What a carrying session must be created with. */
export function carriedCache(config: CacheConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(slots(config).map(({ past, present }) => [present, past]));
}

/**
 * The cache in JavaScript's memory, for runtimes that copy their inputs and results anyway (WebAssembly has no other
 * way in): one array a layer and part, [keyValueHeads, capacity, headSize], with room that grows in steps. A run
 * gives the new rows only; forgetting is a change of one number. Needs the decode graph's `newRows` form.
 */
export class HostCache implements KeyValueCache {
  readonly #config: CacheConfig;
  readonly #rows = new Map<string, Float32Array>();
  #capacity = 0;
  #length = 0;

  constructor(config: CacheConfig) {
    this.#config = config;
  }

  get length(): number {
    return this.#length;
  }

  feeds(count: number): Feeds {
    this.#reserve(this.#length + count);
    const { keyValueHeads, headSize } = this.#config;
    const shape = [1, keyValueHeads, this.#capacity, headSize];
    const feeds: Record<string, TensorData> = {
      rowsFrom: int64(BigInt64Array.of(BigInt(this.#length)), [1]),
    };
    for (const [name, rows] of this.#rows) feeds[name] = float32(rows, shape);
    return feeds;
  }

  append(results: Readonly<Record<string, TensorData>>, count: number): void {
    for (const { past, present } of slots(this.#config)) {
      const [rows, added] = [this.#rows.get(past), results[present]];
      if (rows !== undefined && added?.data instanceof Float32Array) {
        // The fused operator gives the room behind the new rows, too.
        this.#copyRows(added.data, added.shape[2] ?? count, count, rows, this.#capacity, this.#length);
      }
    }
    this.#length += count;
  }

  async keep(count: number): Promise<void> {
    this.#length = Math.min(this.#length, count);
  }

  clear(): void {
    this.#rows.clear();
    this.#capacity = 0;
    this.#length = 0;
  }

  #reserve(needed: number): void {
    if (needed <= this.#capacity) return;
    const capacity = Math.ceil(needed / CAPACITY_STEP) * CAPACITY_STEP;
    const { keyValueHeads, headSize } = this.#config;
    for (const { past } of slots(this.#config)) {
      const grown = new Float32Array(keyValueHeads * capacity * headSize);
      const rows = this.#rows.get(past);
      if (rows !== undefined) this.#copyRows(rows, this.#capacity, this.#length, grown, capacity, 0);
      this.#rows.set(past, grown);
    }
    this.#capacity = capacity;
  }

  /** The first `count` rows of every head, to row `at` of the same head in `target`. */
  #copyRows(
    source: Float32Array,
    sourceCapacity: number,
    count: number,
    target: Float32Array,
    targetCapacity: number,
    at: number,
  ): void {
    const { keyValueHeads, headSize } = this.#config;
    for (let head = 0; head < keyValueHeads; head++) {
      const from = head * sourceCapacity * headSize;
      const rows = source.subarray(from, from + count * headSize);
      target.set(rows, (head * targetCapacity + at) * headSize);
    }
  }
}

/** Rows: the whole capacity is copied into the runtime at every token, so that room to spare costs. */
const CAPACITY_STEP = 32;

/** The cache in the graphics card's memory: the session carries it from run to run. */
export class CarriedCache implements KeyValueCache {
  readonly #config: CacheConfig;
  readonly #session: Session;
  #length = 0;
  /** Fed to the next run in place of what the session carries. */
  #restart: Feeds | undefined;

  constructor(config: CacheConfig, session: Session) {
    this.#config = config;
    this.#session = session;
    this.#restart = emptyRows(config);
  }

  get length(): number {
    return this.#length;
  }

  feeds(): Feeds {
    return this.#restart ?? {};
  }

  append(_results: Readonly<Record<string, TensorData>>, count: number): void {
    this.#restart = undefined;
    this.#length += count;
  }

  /** Brings the rows to the host once: it happens once an answer, not once a token. */
  async keep(count: number): Promise<void> {
    if (count >= this.#length) return;
    const rows = this.#restart ?? (await this.#session.takeCarried());
    this.#restart = Object.fromEntries(
      Object.entries(rows).map(([name, tensor]) => [name, this.#firstRows(tensor, count)]),
    );
    this.#length = count;
  }

  clear(): void {
    this.#restart = emptyRows(this.#config);
    this.#length = 0;
  }

  #firstRows({ data, shape }: TensorData, count: number): TensorData {
    const { keyValueHeads, headSize } = this.#config;
    const held = shape[2] ?? 0;
    const kept = new Float32Array(keyValueHeads * count * headSize);
    if (data instanceof Float32Array) {
      for (let head = 0; head < keyValueHeads; head++) {
        const from = head * held * headSize;
        kept.set(data.subarray(from, from + count * headSize), head * count * headSize);
      }
    }
    return float32(kept, [1, keyValueHeads, count, headSize]);
  }
}

function emptyRows(config: CacheConfig): Feeds {
  const shape = [1, config.keyValueHeads, 0, config.headSize];
  return Object.fromEntries(slots(config).map(({ past }) => [past, float32(new Float32Array(), shape)]));
}
