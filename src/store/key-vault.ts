import { Dexie, type EntityTable } from "dexie";
import { utf8ToBytes } from "../core/bytes.ts";
import { failure } from "../core/errors.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import type { IndexedDbEngine } from "./databases.ts";

const KEY_ID = "vault";
const LOCK = "parley-key-vault";
/** Version ‖ nonce ‖ AES-256-GCM ciphertext with its tag. */
const VERSION = 1;
const NONCE_BYTES = 12;
const OVERHEAD_BYTES = 1 + NONCE_BYTES + 16;

interface KeptKey {
  readonly id: string;
  readonly key: CryptoKey;
}

/** A database of its own: what seals does not lie beside what is sealed, and an export of one is useless without the other. */
class VaultDatabase extends Dexie {
  declare readonly keys: EntityTable<KeptKey, "id">;

  constructor(engine: IndexedDbEngine) {
    super("parley-vault", { ...engine, chromeTransactionDurability: "strict" });
    this.version(1).stores({ keys: "id" });
  }
}

/**
 * AES-GCM under a WebCrypto key that IndexedDB keeps as a CryptoKey, not extractable (https://www.w3.org/TR/WebCryptoAPI/).
 * It protects against whoever reads the application's databases by script, export or developer tools, not against code that
 * runs in this page, nor against who copies the whole browser profile from the disk: the browser keeps the key there.
 */
export class BrowserKeyVault implements KeyVault {
  readonly #engine: IndexedDbEngine;
  readonly #locks: Pick<LockManager, "request"> | undefined;
  #key: Promise<CryptoKey> | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(engine: IndexedDbEngine = {}, locks = globalThis.navigator?.locks) {
    this.#engine = engine;
    this.#locks = locks;
  }

  async seal(label: string, secret: Uint8Array): Promise<Uint8Array> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const encrypted = await crypto.subtle
      .encrypt(parameters(label, nonce), await this.#loadKey(), secret.slice())
      .catch(unavailable);
    const sealed = new Uint8Array(1 + NONCE_BYTES + encrypted.byteLength);
    sealed[0] = VERSION;
    sealed.set(nonce, 1);
    sealed.set(new Uint8Array(encrypted), 1 + NONCE_BYTES);
    return sealed;
  }

  async open(label: string, sealed: Uint8Array): Promise<Uint8Array> {
    if (sealed.length < OVERHEAD_BYTES || sealed[0] !== VERSION) throw notOurs();
    const nonce = sealed.slice(1, 1 + NONCE_BYTES);
    const key = await this.#loadKey();
    try {
      const encrypted = sealed.slice(1 + NONCE_BYTES);
      return new Uint8Array(await crypto.subtle.decrypt(parameters(label, nonce), key, encrypted));
    } catch {
      throw notOurs();
    }
  }

  async exclusively<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(() => this.#locked(task));
    this.#tail = run.catch(() => undefined);
    return run;
  }

  async #locked<T>(task: () => Promise<T>): Promise<T> {
    if (this.#locks === undefined) return task();
    return await this.#locks.request(LOCK, () => task());
  }

  #loadKey(): Promise<CryptoKey> {
    this.#key ??= this.#findKey().catch((thrown: unknown) => {
      this.#key = undefined;
      return unavailable(thrown);
    });
    return this.#key;
  }

  async #findKey(): Promise<CryptoKey> {
    const database = new VaultDatabase(this.#engine);
    try {
      const kept = await database.keys.get(KEY_ID);
      if (kept !== undefined) return kept.key;
      // Made before the transaction: IndexedDB ends one that waits for anything else.
      const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
        "encrypt",
        "decrypt",
      ]);
      return await database.transaction("rw", database.keys, async () => {
        const first = await database.keys.get(KEY_ID);
        if (first !== undefined) return first.key;
        await database.keys.add({ id: KEY_ID, key: made });
        return made;
      });
    } finally {
      database.close();
    }
  }
}

function parameters(label: string, nonce: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv: nonce, additionalData: new Uint8Array(utf8ToBytes(label)) };
}

function notOurs() {
  return failure("vault-sealed", "This was sealed by another browser profile, or it was changed");
}

function unavailable(thrown: unknown): never {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  throw failure("vault-unavailable", "This browser cannot keep a key of its own", undefined, detail);
}
