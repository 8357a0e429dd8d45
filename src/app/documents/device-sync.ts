import { utf8ToBytes } from "../../core/bytes.ts";
import { count } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DeviceRecords, Documents } from "../../ports/documents.ts";
import type { Store } from "../../ports/store.ts";
import { KeyedMutex } from "../mutex.ts";
import type { Observable } from "../observable.ts";

export interface LocalRecord {
  readonly value: string;
  /** When a person last changed it. */
  readonly atMs: number;
}

/** Something of this device's own that a person's other devices should have too. */
export interface LocalRecords {
  readonly collection: string;
  list(): Promise<ReadonlyMap<string, LocalRecord>>;
  /** What another device has; refused when it is not what it should be. */
  put(key: string, record: LocalRecord): Promise<void>;
  remove(key: string): Promise<void>;
  onChange(listener: () => void): () => void;
}

/** What the group of a person's devices tells: the members, and the key to encrypt with. */
export interface OwnDevices {
  readonly devices: Observable<readonly { readonly nodeId: NodeId }[]>;
  groupKey(): Promise<{ readonly id: string; readonly key: Uint8Array } | undefined>;
}

export interface DeviceSyncDependencies {
  readonly documents: Documents;
  readonly own: OwnDevices;
  readonly store: Pick<Store, "getValue" | "setValue">;
  readonly clock: Clock;
}

/** A person types: wait for the end of the sentence. */
const SETTLE_MS = 1_000;

const shared = z.object({ atMs: count, value: z.string() });
const keys = z.array(z.string().max(LIMITS.documentNameCharacters)).max(4 * LIMITS.deviceRecords);

/** Keeps collections the same on all devices of a person: of two versions the one changed last counts. */
export class DeviceSync {
  readonly #dependencies: DeviceSyncDependencies;
  readonly #collections: readonly LocalRecords[];
  readonly #mutex = new KeyedMutex();
  readonly #ends: (() => void)[] = [];
  readonly #timers = new Map<string, () => void>();
  #group = "";
  #open: readonly { readonly local: LocalRecords; readonly records: DeviceRecords }[] = [];
  #stopped = false;

  constructor(dependencies: DeviceSyncDependencies, collections: readonly LocalRecords[]) {
    this.#dependencies = dependencies;
    this.#collections = collections;
  }

  start(): void {
    this.#ends.push(this.#dependencies.own.devices.subscribe(() => this.#run("group", () => this.#follow())));
    for (const local of this.#collections) {
      this.#ends.push(local.onChange(() => this.#soon(local.collection)));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const end of this.#ends.splice(0)) end();
    for (const cancel of this.#timers.values()) cancel();
    await this.#mutex.run("group", () => this.#close());
  }

  /** Another set of devices or another key is another group, with documents of its own. */
  async #follow(): Promise<void> {
    const { documents, own } = this.#dependencies;
    const group = await own.groupKey();
    const members = own.devices.value.map(({ nodeId }) => nodeId);
    const name = group === undefined ? "" : `${group.id} ${[...members].sort().join(" ")}`;
    if (name === this.#group || this.#stopped) return;
    await this.#close();
    this.#group = name;
    if (group === undefined) return;
    const opened = [];
    for (const local of this.#collections) {
      const records = await documents.openDeviceRecords({ ...group, members }, local.collection);
      records.onChange(() => this.#soon(local.collection));
      opened.push({ local, records });
      this.#soon(local.collection);
    }
    this.#open = opened;
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    await Promise.all(open.map(({ records }) => records.close()));
  }

  #soon(collection: string): void {
    const { clock } = this.#dependencies;
    if (this.#timers.has(collection) || this.#stopped) return;
    const cancel = clock.at(clock.nowMs() + SETTLE_MS, () => {
      this.#timers.delete(collection);
      this.#run("group", async () => {
        for (const { local, records } of this.#open) {
          if (local.collection === collection) await this.#compare(local, records);
        }
      });
    });
    this.#timers.set(collection, cancel);
  }

  async #compare(local: LocalRecords, records: DeviceRecords): Promise<void> {
    const known = await this.#known(local.collection);
    const here = await local.list();
    const there = records.entries();
    const offered = newestThatFit(here);
    for (const [key, value] of there) {
      const mine = here.get(key);
      // What a person removed on one device goes on all; what this device never had is new here.
      if (value === null && mine !== undefined && known.has(key)) await local.remove(key);
      if (value !== null && mine === undefined && known.has(key)) await records.put(key, null);
      if (value === null || (mine === undefined && known.has(key))) continue;
      const theirs = parseShared(value);
      if (theirs === undefined || (mine !== undefined && mine.atMs >= theirs.atMs)) continue;
      await local.put(key, theirs).catch(ignoreRefused);
    }
    await records.release([...there.keys()].filter((key) => here.has(key) && !offered.has(key)));
    for (const [key, mine] of offered) {
      const value = there.get(key);
      if (value === null && known.has(key)) continue;
      const theirs = typeof value === "string" ? parseShared(value) : undefined;
      if (theirs !== undefined && theirs.atMs >= mine.atMs) continue;
      await records.put(key, JSON.stringify(mine)).catch(ignoreRefused);
    }
    await this.#setKnown(local.collection, [...(await local.list()).keys()]);
  }

  /** Keys that this device had when it last compared: one that is gone since was removed by its person. */
  async #known(collection: string): Promise<ReadonlySet<string>> {
    const kept = await this.#dependencies.store.getValue(knownKey(collection));
    if (kept === undefined) return new Set();
    const parsed = keys.safeParse(JSON.parse(new TextDecoder().decode(kept)));
    return new Set(parsed.success ? parsed.data : []);
  }

  async #setKnown(collection: string, all: readonly string[]): Promise<void> {
    const { store } = this.#dependencies;
    const bytes = utf8ToBytes(JSON.stringify(all.slice(0, 4 * LIMITS.deviceRecords)));
    await store.setValue(knownKey(collection), bytes);
  }

  #run(key: string, task: () => Promise<void>): void {
    // A full disk or a page that goes away: the next change compares again.
    void this.#mutex.run(key, task).catch(() => undefined);
  }
}

const knownKey = (collection: string): string => `devices/known/${collection}`;

function parseShared(value: string): LocalRecord | undefined {
  try {
    const parsed = shared.safeParse(JSON.parse(value));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** A device keeps only so much for the others: what was changed last. */
function newestThatFit(all: ReadonlyMap<string, LocalRecord>): ReadonlyMap<string, LocalRecord> {
  const fitting = new Map<string, LocalRecord>();
  let characters = 0;
  for (const [key, record] of [...all].sort(([, a], [, b]) => b.atMs - a.atMs)) {
    characters += record.value.length;
    if (record.value.length > LIMITS.deviceRecordCharacters / 2) characters -= record.value.length;
    else if (characters > LIMITS.deviceCollectionCharacters || fitting.size >= LIMITS.deviceRecords) break;
    else fitting.set(key, record);
  }
  return fitting;
}

/** What one record says wrong, or what does not fit, must not keep the others back. */
function ignoreRefused(thrown: unknown): void {
  if (!(thrown instanceof ParleyError)) throw thrown;
}
