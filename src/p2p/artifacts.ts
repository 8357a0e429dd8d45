import type { Helia } from "helia";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { equalBytes } from "../core/bytes.ts";
import { DAG_CBOR_CODE, parseCid } from "../core/codec/dag-cbor.ts";
import { failure, ParleyError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import type { Cid } from "../core/primitives.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import { collect } from "./collect.ts";

type Blockstore = Helia["blockstore"];

/** Blocks in Helia's blockstore, fetched from peers by bitswap, which checks the hash of what arrives. */
export class HeliaArtifacts implements Artifacts {
  readonly #blocks: Blockstore;

  constructor(blocks: Blockstore) {
    this.#blocks = blocks;
  }

  async put(bytes: Uint8Array): Promise<Cid> {
    requireSize(bytes.length);
    const copy = bytes.slice();
    const cid = CID.createV1(DAG_CBOR_CODE, await sha256.digest(copy));
    await this.#blocks.put(cid, copy);
    return cid.toString();
  }

  async get(
    text: Cid,
    { timeoutMs = LIMITS.artifactFetchMs, signal }: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<Uint8Array> {
    const cid = parseCid(text);
    if (signal?.aborted === true) throw aborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      const kept = await this.#readChecked(cid, stop);
      // What the disk spoiled is forgotten and fetched again.
      return kept ?? (await this.#refetch(cid, stop));
    } catch (thrown) {
      if (thrown instanceof ParleyError) throw thrown;
      if (stop !== timeout && !timeout.aborted) throw aborted();
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      throw failure("not-found", `No peer gave this block within ${timeoutMs} ms`, text, detail);
    }
  }

  async has(text: Cid): Promise<boolean> {
    return this.#blocks.has(parseCid(text));
  }

  async delete(text: Cid): Promise<void> {
    const cid = parseCid(text);
    if (await this.#blocks.has(cid)) await this.#blocks.delete(cid);
  }

  async #refetch(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    await this.#blocks.delete(cid);
    const bytes = await this.#readChecked(cid, signal);
    if (bytes === undefined) throw failure("not-found", "This block is spoiled", cid.toString());
    return bytes;
  }

  /** A copy of the block; undefined when it does not have the hash that its CID says. */
  async #readChecked(cid: CID, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const bytes = await collect(this.#blocks.get(cid, { signal }));
    if (bytes.length > LIMITS.artifactBytes) {
      await this.#blocks.delete(cid);
      requireSize(bytes.length);
    }
    const { digest } = await sha256.digest(bytes);
    return equalBytes(digest, cid.multihash.digest) ? bytes : undefined;
  }
}

function requireSize(length: number): void {
  if (length <= LIMITS.artifactBytes) return;
  throw failure("too-large", "This block is too large", `${LIMITS.artifactBytes} bytes`, `${length} bytes`);
}

function aborted(): ParleyError {
  return failure("aborted", "The fetch was stopped");
}
