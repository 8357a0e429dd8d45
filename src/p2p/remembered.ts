import { z } from "../core/codec/zod.ts";
import { LIMITS } from "../core/limits.ts";
import type { Store } from "../ports/store.ts";
import { isPlainAddress } from "./addresses.ts";

export type KeptValues = Pick<Store, "getValue" | "setValue">;

const KEY = "network/p2p/remembered";
/** Changes come in groups: they are written together. */
const WRITE_AFTER_MS = 1_000;

const address = z.string().max(LIMITS.addressCharacters).refine(isPlainAddress);
const remembered = z.object({
  /** Last reached first. */
  peers: z
    .array(
      z.object({ peer: z.string().max(80), addresses: z.array(address).max(LIMITS.rememberedAddresses) }),
    )
    .max(LIMITS.rememberedPeers),
  relays: z.array(address).max(LIMITS.learntRelays),
});
export type Remembered = z.output<typeof remembered>;
export type RememberedPeer = Remembered["peers"][number];

const NOTHING: Remembered = { peers: [], relays: [] };

/**
 * Where peers were reached without a relay, and relays that introduced somebody: dialled at the next start, when every
 * configured relay may be away. Bounded; what is stored and cannot be read is forgotten.
 */
export class RememberedAddresses {
  readonly #store: KeptValues | undefined;
  #now: Remembered;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(store: KeptValues | undefined, now: Remembered) {
    this.#store = store;
    this.#now = now;
  }

  /** Without a store nothing outlives this run. */
  static async open(store: KeptValues | undefined): Promise<RememberedAddresses> {
    return new RememberedAddresses(store, read(await store?.getValue(KEY)));
  }

  get peers(): readonly RememberedPeer[] {
    return this.#now.peers;
  }

  get relays(): readonly string[] {
    return this.#now.relays;
  }

  /** `worked`: this address was dialled; else the peer says so, and it stands behind those that were. */
  addPeer(peer: string, addresses: readonly string[], worked: boolean): void {
    const plain = addresses.filter(isAcceptable);
    if (plain.length === 0) return;
    const known = this.#now.peers.find((kept) => kept.peer === peer)?.addresses ?? [];
    const merged = [...new Set(worked ? [...plain, ...known] : [...known, ...plain])];
    const others = this.#now.peers.filter((kept) => kept.peer !== peer);
    const entry = { peer, addresses: merged.slice(0, LIMITS.rememberedAddresses) };
    this.#set({ ...this.#now, peers: [entry, ...others].slice(0, LIMITS.rememberedPeers) });
  }

  addRelay(relay: string): void {
    if (!isAcceptable(relay) || this.#now.relays[0] === relay) return;
    const others = this.#now.relays.filter((kept) => kept !== relay);
    this.#set({ ...this.#now, relays: [relay, ...others].slice(0, LIMITS.learntRelays) });
  }

  async stop(): Promise<void> {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    // The store may be closed by now: then the next start does with what was written before.
    await this.#write().catch(() => undefined);
  }

  #set(next: Remembered): void {
    if (JSON.stringify(next) === JSON.stringify(this.#now)) return;
    this.#now = next;
    this.#timer ??= setTimeout(() => {
      // The store may be full: then the next start does without.
      this.#write().catch(() => undefined);
    }, WRITE_AFTER_MS);
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    await this.#store?.setValue(KEY, new TextEncoder().encode(JSON.stringify(this.#now)));
  }
}

function isAcceptable(text: string): boolean {
  return address.safeParse(text).success;
}

function read(bytes: Uint8Array | undefined): Remembered {
  if (bytes === undefined) return NOTHING;
  try {
    return remembered.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return NOTHING;
  }
}
