import { utf8ToBytes } from "../../core/bytes.ts";
import { count, text } from "../../core/codec/fields.ts";
import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Address } from "../../core/primitives.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Store } from "../../ports/store.ts";
import { KeyedMutex } from "../mutex.ts";
import { Subject } from "../observable.ts";
import type { AddressBookService, AddressEntry } from "../parley.ts";
import type { LocalRecord, LocalRecords } from "./device-sync.ts";

const KEY = "address-book";
const name = text(1, LIMITS.addressNameCharacters);
const address = z.custom<Address>((value) => typeof value === "string" && /^0x[0-9a-f]{40}$/.test(value));
const book = z.array(z.object({ name, address, atMs: count })).max(LIMITS.addressBookEntries);

type Entry = z.infer<typeof book>[number];

/** Names for addresses, kept on this device and shared with the person's others. */
export class AddressBook implements AddressBookService, LocalRecords {
  readonly collection = "addresses";
  readonly entries = new Subject<readonly AddressEntry[]>([]);
  readonly #store: Pick<Store, "getValue" | "setValue">;
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();
  readonly #listeners = new Set<() => void>();
  #book: readonly Entry[] = [];

  constructor(store: Pick<Store, "getValue" | "setValue">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    const kept = await this.#store.getValue(KEY);
    const parsed = book.safeParse(kept === undefined ? [] : JSON.parse(new TextDecoder().decode(kept)));
    this.#show(parsed.success ? parsed.data : []);
  }

  async set(given: string, to: string): Promise<void> {
    const wanted = given.trim();
    if (!name.safeParse(wanted).success) {
      throw failure("address-name", `A name has 1 to ${LIMITS.addressNameCharacters} characters.`);
    }
    const lower = to.trim().toLowerCase();
    const parsed = address.safeParse(lower);
    if (!parsed.success) {
      throw failure("address-form", "An address is 0x and 40 hexadecimal digits.", "0x…", to.slice(0, 60));
    }
    await this.#change(wanted, { name: wanted, address: parsed.data, atMs: this.#clock.nowMs() });
  }

  async remove(wanted: string): Promise<void> {
    await this.#change(wanted, undefined);
  }

  async list(): Promise<ReadonlyMap<string, LocalRecord>> {
    return new Map(this.#book.map((entry) => [entry.name, { value: entry.address, atMs: entry.atMs }]));
  }

  async put(wanted: string, { value, atMs }: LocalRecord): Promise<void> {
    const entry = { name: wanted, address: value, atMs };
    const parsed = book.element.safeParse(entry);
    if (!parsed.success)
      throw failure("address-form", "Another device sent no address.", "0x…", value.slice(0, 60));
    await this.#change(wanted, parsed.data);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(wanted: string, entry: Entry | undefined): Promise<void> {
    return this.#mutex.run(KEY, async () => {
      const others = this.#book.filter((other) => other.name !== wanted);
      const changed = entry === undefined ? others : [...others, entry];
      if (changed.length > LIMITS.addressBookEntries) {
        throw failure("address-book-full", `The address book holds ${LIMITS.addressBookEntries} names.`);
      }
      await this.#store.setValue(KEY, utf8ToBytes(JSON.stringify(changed)));
      this.#show(changed);
      for (const listener of this.#listeners) listener();
    });
  }

  #show(changed: readonly Entry[]): void {
    this.#book = changed;
    this.entries.set(
      changed
        .map((entry) => ({ name: entry.name, address: entry.address }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    );
  }
}
