import type { Helia } from "helia";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { DAG_CBOR_CODE, parseCid } from "../../core/codec/dag-cbor.ts";
import { type ErrorData, failure, ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Content, MadeBlocks } from "../../ports/content.ts";
import { collect } from "../collect.ts";
import { nodeIdOfPeer } from "../peer-id.ts";
import { fetchFromPeers } from "./fetch.ts";
import type { ContentLinks } from "./links.ts";
import { isOfCid, type LocalBlocks } from "./local-blocks.ts";
import type { Mirrors } from "./mirrors.ts";
import { SharedWork } from "./shared-work.ts";
import { streamBlock } from "./stream.ts";
import type { GrowingBlock } from "./transfer.ts";
import { pause } from "./with-signal.ts";

/** How long peers of this protocol have to begin before bitswap asks too. */
const BITSWAP_AFTER_MS = 500;
/** How long peers have before a mirror is asked, and what they may need for the rest of a block without one. */
const MIRROR_AFTER_MS = 2_000;
const SLOW_MS = 10_000;
const HOLDERS_MS = 5_000;

export interface ContentSources {
  readonly local: LocalBlocks;
  readonly links: ContentLinks;
  readonly bitswap: Pick<Helia["blockstore"], "get">;
  readonly mirrors: Mirrors;
}

/**
 * Blocks by CID: on this device, else from peers by /parley/content/1; after a short wait by bitswap too, and from a mirror
 * when peers do not get on. Whoever has it first, wins; every way checks the hash.
 */
export class PeerContent implements Artifacts, Content {
  readonly #local: LocalBlocks;
  readonly #links: ContentLinks;
  readonly #bitswap: Pick<Helia["blockstore"], "get">;
  readonly #mirrors: Mirrors;
  readonly #fetches = new SharedWork<Uint8Array>();
  #isStopped = false;

  constructor({ local, links, bitswap, mirrors }: ContentSources) {
    this.#local = local;
    this.#links = links;
    this.#bitswap = bitswap;
    this.#mirrors = mirrors;
  }

  /** Ends every fetch that is under way with `aborted`, and those that are asked for later: what is here stays readable. */
  stop(): void {
    this.#isStopped = true;
    this.#fetches.stop();
  }

  async put(bytes: Uint8Array): Promise<Cid> {
    if (bytes.length > LIMITS.artifactBytes) {
      throw failure(
        "too-large",
        "This block is too large",
        `${LIMITS.artifactBytes} bytes`,
        `${bytes.length} bytes`,
      );
    }
    const copy = bytes.slice();
    const cid = CID.createV1(DAG_CBOR_CODE, await sha256.digest(copy));
    await this.#local.write(cid, copy);
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
      const kept = await this.#local.read(cid);
      if (kept === undefined && this.#isStopped) throw aborted();
      return (kept ?? (await this.#fetches.run(text, stop, (all) => this.#fetch(cid, all)))).slice();
    } catch (thrown) {
      if (this.#isStopped || (!timeout.aborted && stop.aborted)) throw aborted();
      if (!timeout.aborted) throw thrown;
      const detail = thrown instanceof ParleyError ? undefined : String(thrown);
      throw failure("not-found", `No peer gave this block within ${timeoutMs} ms`, text, detail);
    }
  }

  has(cid: Cid): Promise<boolean> {
    return this.#local.has(parseCid(cid));
  }

  delete(cid: Cid): Promise<void> {
    return this.#local.delete(parseCid(cid));
  }

  /** Hears of fetched blocks that could not be kept, with why (storage-full). */
  onLost(listener: (cid: Cid, error: ErrorData) => void): void {
    this.#local.onLost(listener);
  }

  stream(
    cid: Cid,
    options: { offset?: number; timeoutMs?: number; signal?: AbortSignal } = {},
  ): AsyncIterable<Uint8Array> {
    return streamBlock(parseCid(cid), this.#local, this.#links, options);
  }

  list(): Promise<readonly Cid[]> {
    return this.#local.list();
  }

  offer(made: MadeBlocks): void {
    this.#local.offer(made);
  }

  async holders(cids: readonly Cid[]): Promise<ReadonlyMap<Cid, readonly NodeId[]>> {
    const found = new Map<Cid, NodeId[]>(cids.map((cid) => [cid, []]));
    const asked = cids.map(parseCid);
    await Promise.all(
      this.#links.peers().map(async (peer) => {
        const nodeId = nodeIdOfPeer(peer);
        if (nodeId === undefined) return;
        // Each its own: one for all would gather a listener a peer.
        const signal = AbortSignal.timeout(HOLDERS_MS);
        const held = await this.#links.whatHolds(peer, asked, signal).catch(() => []);
        for (const cid of held) found.get(cid.toString())?.push(nodeId);
      }),
    );
    return found;
  }

  async #fetch(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const progress = new Progress();
    const ours = fetchFromPeers(cid, this.#links, {
      signal: stop,
      onGrowth: (block) => progress.grew(block),
    });
    try {
      const bytes = await Promise.any([
        ours,
        this.#byBitswap(cid, stop, progress),
        this.#byMirror(cid, stop, progress),
      ]);
      await this.#local.keep(cid, bytes);
      return bytes;
    } finally {
      over.abort();
    }
  }

  async #byBitswap(cid: CID, signal: AbortSignal, progress: Progress): Promise<Uint8Array> {
    do await pause(BITSWAP_AFTER_MS, signal);
    while (!progress.isStalled());
    const bytes = await collect(this.#bitswap.get(cid, { signal }));
    if (bytes.length <= LIMITS.artifactBytes && (await isOfCid(bytes, cid))) return bytes;
    throw failure("not-found", "Bitswap brought another block", cid.toString());
  }

  async #byMirror(cid: CID, signal: AbortSignal, progress: Progress): Promise<Uint8Array> {
    do await pause(MIRROR_AFTER_MS, signal);
    while (!progress.isSlow());
    return this.#mirrors.get(cid, signal);
  }
}

/** How far peers have got with one block. */
class Progress {
  readonly #startMs = performance.now();
  #grewMs: number | undefined;
  #block: GrowingBlock | undefined;

  grew(block: GrowingBlock): void {
    this.#block = block;
    this.#grewMs = performance.now();
  }

  /** Nothing has begun, or nothing goes on. */
  isStalled(): boolean {
    return this.#grewMs === undefined || performance.now() - this.#grewMs > LIMITS.contentStallMs;
  }

  /** The same, or it would take much longer. */
  isSlow(): boolean {
    const { filled = 0, size = 0 } = this.#block ?? {};
    const msAByte = (performance.now() - this.#startMs) / filled;
    return this.isStalled() || (size - filled) * msAByte > SLOW_MS;
  }
}

function aborted(): ParleyError {
  return failure("aborted", "The fetch was stopped");
}
