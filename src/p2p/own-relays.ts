import { z } from "../core/codec/zod.ts";
import { failure } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { parseRelay } from "./relay-addresses.ts";
import type { KeptValues } from "./remembered.ts";
import type { Reservations } from "./reservations.ts";

const KEY = "network/p2p/own-relays";
const kept = z.array(z.string().max(LIMITS.addressCharacters)).max(LIMITS.ownRelays);

/** Relays that a person added on this device: kept in the store, used at once. */
export class OwnRelays {
  readonly #store: KeptValues | undefined;
  readonly #reservations: Reservations;
  readonly #secureOnly: boolean;
  #relays: readonly string[] = [];

  constructor(store: KeptValues | undefined, reservations: Reservations, secureOnly: boolean) {
    this.#store = store;
    this.#reservations = reservations;
    this.#secureOnly = secureOnly;
  }

  /** Uses those that are stored; what cannot be read is left out. */
  async start(): Promise<void> {
    for (const relay of read(await this.#store?.getValue(KEY))) {
      try {
        this.#reservations.add(relay, "own");
        this.#relays = [...this.#relays, relay];
      } catch {
        // Not an address any more: forgotten with the next change.
      }
    }
  }

  /** Errors: those of parseRelay, relay-known, too-many-relays, the store's. */
  async add(text: string): Promise<void> {
    const relay = text.trim();
    parseRelay(relay, this.#secureOnly);
    if (this.#relays.length >= LIMITS.ownRelays) {
      throw failure("too-many-relays", "Remove a relay before you add another", `${LIMITS.ownRelays} relays`);
    }
    if (!this.#reservations.add(relay, "own")) {
      throw failure("relay-known", "This relay is in the list already", "another relay", relay);
    }
    await this.#write([...this.#relays, relay]);
  }

  /** Errors: relay-unknown, the store's. */
  async remove(relay: string): Promise<void> {
    if (!this.#relays.includes(relay)) {
      throw failure("relay-unknown", "You did not add this relay", "one that you added", relay);
    }
    this.#reservations.remove(relay);
    await this.#write(this.#relays.filter((own) => own !== relay));
  }

  async #write(relays: readonly string[]): Promise<void> {
    this.#relays = relays;
    const bytes = new TextEncoder().encode(JSON.stringify(relays));
    await this.#store?.setValue(KEY, relays.length === 0 ? undefined : bytes);
  }
}

function read(bytes: Uint8Array | undefined): readonly string[] {
  if (bytes === undefined) return [];
  try {
    return kept.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return [];
  }
}
