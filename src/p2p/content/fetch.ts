import type { PeerId } from "@libp2p/interface";
import type { CID } from "multiformats/cid";
import { failure, reject, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { expectedMs, type Holder, HolderSearch } from "./holders.ts";
import type { ContentLinks } from "./links.ts";
import { isOfCid } from "./local-blocks.ts";
import { GrowingBlock } from "./transfer.ts";

/** Another peer takes over when it would be done in less than half the time. */
const SWITCH_FACTOR = 2;
const SWITCH_MS = 250;

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Bytes before this place are not fetched; the hash is then for the caller to check. */
  readonly start?: number;
  /** Hears of a block's beginning and every growth; another block means that the one before was wrong. */
  readonly onGrowth?: (block: GrowingBlock) => void;
}

/**
 * One block from peers that say they hold it, over /parley/content/1. A slow or silent peer's place is taken by another
 * one, which goes on where it stopped. Wrong bytes of one peer alone are held against it (`wrong-bytes`) and fetched
 * elsewhere; where several took part, the block is fetched again from one at a time. Ends only with the block or the
 * signal. Errors: aborted.
 */
export async function fetchFromPeers(
  cid: CID,
  links: ContentLinks,
  options: FetchOptions,
): Promise<Uint8Array> {
  const search = new HolderSearch(cid, links);
  const wake = (): void => search.stop();
  options.signal.addEventListener("abort", wake);
  try {
    let mayMix = true;
    for (;;) {
      const fetched = await fetchOnce(cid, search, options, mayMix);
      const { bytes } = fetched.block;
      if (fetched.block.start > 0 || (await isOfCid(bytes, cid))) return bytes;
      const [liar, another] = fetched.from.values();
      mayMix = false;
      if (liar === undefined || another !== undefined) continue;
      links.refuse(liar, reject("wrong-bytes", "A peer sent a block that is not the one asked for"));
      search.leave(liar);
    }
  } finally {
    options.signal.removeEventListener("abort", wake);
    search.stop();
  }
}

interface Fetched {
  readonly block: GrowingBlock;
  readonly from: ReadonlyMap<string, PeerId>;
}

/** A whole block of unchecked bytes, and who sent it; from one peer unless they may be mixed. */
async function fetchOnce(
  cid: CID,
  search: HolderSearch,
  options: FetchOptions,
  mayMix: boolean,
): Promise<Fetched> {
  let block = newBlock(cid, options);
  const from = new Map<string, PeerId>();
  while (!block.isWhole) {
    if (options.signal.aborted) throw failure("aborted", "The fetch was stopped");
    const holder = search.best(leftOf(block));
    if (holder === undefined) {
      await search.changed();
      continue;
    }
    if (!mayMix && from.size > 0) {
      block = newBlock(cid, options);
      from.clear();
    }
    const before = block.filled;
    const failed = await takeFrom(holder, block, search, options.signal);
    if (block.filled > before) from.set(holder.peer.toString(), holder.peer);
    if (failed === "wrong-size") {
      // One of the two lies; who does shows when one alone has sent it all.
      block = newBlock(cid, options);
      from.clear();
    }
  }
  return { block, from };
}

function newBlock(cid: CID, { start, onGrowth }: FetchOptions): GrowingBlock {
  const block = new GrowingBlock(cid, start);
  if (onGrowth !== undefined) block.onGrowth(() => onGrowth(block));
  return block;
}

/** Until the block is whole, the holder fails (gives the error's code), or another one should go on (aborted). */
async function takeFrom(
  holder: Holder,
  block: GrowingBlock,
  search: HolderSearch,
  signal: AbortSignal,
): Promise<string | undefined> {
  const transfer = holder.link.fetch(block);
  const watch = setInterval(() => {
    if (shouldSwitch(holder, block, search)) transfer.stop();
  }, SWITCH_MS);
  const stop = (): void => transfer.stop();
  signal.addEventListener("abort", stop);
  try {
    await transfer.done;
    return undefined;
  } catch (thrown) {
    const { code } = toErrorData(thrown);
    if (code === "too-large") search.leave(holder.peer);
    else if (code !== "aborted" && code !== "wrong-size") search.lost(holder);
    return code;
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", stop);
  }
}

function shouldSwitch(holder: Holder, block: GrowingBlock, search: HolderSearch): boolean {
  const left = leftOf(block);
  const other = search.best(left, holder);
  if (other === undefined) return false;
  if (holder.link.meter.stalledMs > LIMITS.contentStallMs) return true;
  return expectedMs(holder.link, 0) > SWITCH_FACTOR * expectedMs(other.link, left) + SWITCH_MS;
}

function leftOf(block: GrowingBlock): number {
  return (block.size ?? LIMITS.contentPieceBytes) - (block.size === undefined ? 0 : block.filled);
}
