import type { Helia } from "helia";
import { CID } from "multiformats/cid";
import { sha256 } from "multiformats/hashes/sha2";
import { DAG_CBOR_CODE, parseCid } from "../../core/codec/dag-cbor.ts";
import { failure, ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Cid, NodeId } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { Content } from "../../ports/content.ts";
import { collect } from "../collect.ts";
import { nodeIdOfPeer } from "../peer-id.ts";
import { fetchFromPeers } from "./fetch.ts";
import type { ContentLinks } from "./links.ts";
import { isOfCid, type LocalBlocks } from "./local-blocks.ts";
import { SharedWork } from "./shared-work.ts";
import { streamBlock } from "./stream.ts";
import { pause } from "./with-signal.ts";

/** How long peers of this protocol have to begin before bitswap asks too. */
const BITSWAP_AFTER_MS = 500;
const HOLDERS_MS = 5_000;

/**
 * Blocks by CID: on this device, else from peers by /parley/content/1, and after a short wait by bitswap too, whichever
 * has it first.
 */
export class PeerContent implements Artifacts, Content {
  readonly #local: LocalBlocks;
  readonly #links: ContentLinks;
  readonly #bitswap: Pick<Helia["blockstore"], "get">;
  readonly #fetches = new SharedWork<Uint8Array>();

  constructor(local: LocalBlocks, links: ContentLinks, bitswap: Pick<Helia["blockstore"], "get">) {
    this.#local = local;
    this.#links = links;
    this.#bitswap = bitswap;
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
      return (kept ?? (await this.#fetches.run(text, stop, (all) => this.#fetch(cid, all)))).slice();
    } catch (thrown) {
      if (!timeout.aborted && stop.aborted) throw aborted();
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

  stream(
    cid: Cid,
    options: { offset?: number; timeoutMs?: number; signal?: AbortSignal } = {},
  ): AsyncIterable<Uint8Array> {
    return streamBlock(parseCid(cid), this.#local, this.#links, options);
  }

  async holders(cids: readonly Cid[]): Promise<ReadonlyMap<Cid, readonly NodeId[]>> {
    const found = new Map<Cid, NodeId[]>(cids.map((cid) => [cid, []]));
    const asked = cids.map(parseCid);
    const signal = AbortSignal.timeout(HOLDERS_MS);
    await Promise.all(
      this.#links.peers().map(async (peer) => {
        const nodeId = nodeIdOfPeer(peer);
        if (nodeId === undefined) return;
        const held = await this.#links.whatHolds(peer, asked, signal).catch(() => []);
        for (const cid of held) found.get(cid.toString())?.push(nodeId);
      }),
    );
    return found;
  }

  async #fetch(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    let grewMs: number | undefined;
    const ours = fetchFromPeers(cid, this.#links, {
      signal: stop,
      onGrowth: () => {
        grewMs = performance.now();
      },
    });
    const isSlow = (): boolean => grewMs === undefined || performance.now() - grewMs > LIMITS.contentStallMs;
    try {
      const bytes = await Promise.any([ours, this.#byBitswap(cid, stop, isSlow)]);
      await this.#local.write(cid, bytes);
      return bytes;
    } finally {
      over.abort();
    }
  }

  async #byBitswap(cid: CID, signal: AbortSignal, isSlow: () => boolean): Promise<Uint8Array> {
    do await pause(BITSWAP_AFTER_MS, signal);
    while (!isSlow());
    const bytes = await collect(this.#bitswap.get(cid, { signal }));
    if (bytes.length <= LIMITS.artifactBytes && (await isOfCid(bytes, cid))) return bytes;
    throw failure("not-found", "Bitswap brought another block", cid.toString());
  }
}

function aborted(): ParleyError {
  return failure("aborted", "The fetch was stopped");
}
