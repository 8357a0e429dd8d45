import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { equalBytes } from "../../core/bytes.ts";
import { DAG_CBOR_CODE } from "../../core/codec/dag-cbor.ts";
import { type ErrorData, failure, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid } from "../../core/primitives.ts";
import type { MadeBlocks } from "../../ports/content.ts";
import { collect } from "../collect.ts";
import type { LocalStore } from "../helia.ts";

export type Blockstore = LocalStore;

type LostListener = (cid: Cid, error: ErrorData) => void;

/**
 * The blocks on this device. What is read was hashed; the ones read last stay in memory, because a giver reads a block
 * piece by piece and stores give whole blocks only. Nobody may change an array that this class gave or was given.
 */
export class LocalBlocks {
  readonly #blocks: Blockstore;
  readonly #recent = new Map<string, Uint8Array>();
  readonly #reading = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #writing = new Map<string, Uint8Array>();
  #recentBytes = 0;
  #writingBytes = 0;
  #onLost: LostListener = () => undefined;
  #made: MadeBlocks | undefined;

  constructor(blocks: Blockstore) {
    this.#blocks = blocks;
  }

  async has(cid: CID): Promise<boolean> {
    const key = keyOf(cid);
    if (this.#recent.has(key) || this.#writing.has(key) || (await this.#blocks.has(cid))) return true;
    return (await this.#made?.has(key)) ?? false;
  }

  /** What can be made on demand; it stays in memory as what was read does. */
  offer(made: MadeBlocks): void {
    this.#made = made;
  }

  /** Undefined when it is not here; what the disk spoiled is forgotten. */
  read(cid: CID): Promise<Uint8Array | undefined> {
    const key = keyOf(cid);
    const recent = this.#recent.get(key) ?? this.#writing.get(key);
    if (recent !== undefined) {
      this.#remember(key, recent);
      return Promise.resolve(recent);
    }
    const reading = this.#reading.get(key) ?? this.#load(cid).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  /**
   * The bytes have this CID; whoever waits for them need not wait for the disk. A block that does not fit is said to the
   * listener and not held. Waits while very much is being written.
   */
  async keep(cid: CID, bytes: Uint8Array): Promise<void> {
    const key = keyOf(cid);
    this.#remember(key, bytes);
    this.#writingBytes += bytes.length;
    const written = this.write(cid, bytes)
      .catch((thrown: unknown) => {
        this.#forget(key);
        this.#onLost(cid.toString(), toErrorData(thrown));
      })
      .finally(() => {
        this.#writingBytes -= bytes.length;
        this.#writing.delete(key);
      });
    this.#writing.set(key, bytes);
    if (this.#writingBytes > LIMITS.contentCacheBytes) await written;
  }

  /** Hears of fetched blocks that could not be kept, with why (storage-full). */
  onLost(listener: LostListener): void {
    this.#onLost = listener;
  }

  /** The bytes have this CID. Errors: storage-full and the store's own. */
  async write(cid: CID, bytes: Uint8Array): Promise<void> {
    try {
      await this.#blocks.put(cid, bytes);
    } catch (thrown) {
      throw /quota/i.test(String(thrown))
        ? failure("storage-full", "This device has no room for a block", `${bytes.length} bytes`)
        : thrown;
    }
    this.#remember(keyOf(cid), bytes);
  }

  /** All that are here; stores know no codecs, and every block of this protocol that lies alone is DAG-CBOR. */
  async list(): Promise<readonly Cid[]> {
    const found: Cid[] = [];
    for await (const { cid } of this.#blocks.getAll()) {
      found.push(CID.createV1(DAG_CBOR_CODE, cid.multihash).toString());
    }
    return found;
  }

  async delete(cid: CID): Promise<void> {
    this.#forget(keyOf(cid));
    if (await this.#blocks.has(cid)) await this.#blocks.delete(cid);
  }

  async #load(cid: CID): Promise<Uint8Array | undefined> {
    if (!(await this.#blocks.has(cid))) return this.#make(cid);
    const bytes = await collect(this.#blocks.get(cid));
    if (bytes.length <= LIMITS.artifactBytes && (await isOfCid(bytes, cid))) {
      this.#remember(keyOf(cid), bytes);
      return bytes;
    }
    await this.#blocks.delete(cid);
    return undefined;
  }

  async #make(cid: CID): Promise<Uint8Array | undefined> {
    const bytes = await this.#made?.read(keyOf(cid));
    if (bytes === undefined || bytes.length > LIMITS.artifactBytes || !(await isOfCid(bytes, cid))) {
      return undefined;
    }
    this.#remember(keyOf(cid), bytes);
    return bytes;
  }

  #remember(key: string, bytes: Uint8Array): void {
    this.#forget(key);
    this.#recent.set(key, bytes);
    this.#recentBytes += bytes.length;
    for (const oldest of this.#recent.keys()) {
      if (this.#recentBytes <= LIMITS.contentCacheBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#recentBytes -= this.#recent.get(key)?.length ?? 0;
    this.#recent.delete(key);
  }
}

/** The hash is computed off the main thread where the platform can. */
export async function isOfCid(bytes: Uint8Array, cid: CID): Promise<boolean> {
  const { digest } = await sha256.digest(bytes);
  return equalBytes(digest, cid.multihash.digest);
}

/** Stores know hashes, not codecs. */
function keyOf(cid: CID): string {
  return cid.toV1().toString();
}
