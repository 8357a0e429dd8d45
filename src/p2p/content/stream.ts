import type { CID } from "multiformats/cid";
import { failure } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { fetchFromPeers } from "./fetch.ts";
import type { ContentLinks } from "./links.ts";
import type { LocalBlocks } from "./local-blocks.ts";
import type { GrowingBlock } from "./transfer.ts";

export interface StreamOptions {
  readonly offset?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** As port Content says. */
export async function* streamBlock(
  cid: CID,
  local: LocalBlocks,
  links: ContentLinks,
  { offset = 0, timeoutMs = LIMITS.artifactFetchMs, signal }: StreamOptions,
): AsyncGenerator<Uint8Array> {
  const held = await local.read(cid);
  if (held !== undefined) {
    yield* piecesOf(held, offset);
    return;
  }
  const over = new AbortController();
  const timeout = AbortSignal.timeout(timeoutMs);
  const stops = [over.signal, timeout, ...(signal === undefined ? [] : [signal])];
  const growing = new Growing(cid, offset);
  try {
    const fetched = fetchFromPeers(cid, links, {
      signal: AbortSignal.any(stops),
      start: offset,
      onGrowth: (block) => growing.grew(block),
    });
    yield* growing.pieces(fetched);
    const bytes = await fetched;
    if (offset === 0) await local.keep(cid, bytes);
  } catch (thrown) {
    if (signal?.aborted !== true && timeout.aborted) {
      throw failure("not-found", `No peer gave this block within ${timeoutMs} ms`, cid.toString());
    }
    throw thrown;
  } finally {
    over.abort();
  }
}

function* piecesOf(block: Uint8Array, offset: number): Generator<Uint8Array> {
  if (offset > block.length) {
    throw failure("bad-offset", "The block is shorter", `at most ${block.length}`, `${offset}`);
  }
  for (let from = offset; from < block.length; from += LIMITS.contentPieceBytes) {
    yield block.slice(from, from + LIMITS.contentPieceBytes);
  }
}

/** What has come and was not given on. */
class Growing {
  readonly #cid: CID;
  #given: number;
  #block: GrowingBlock | undefined;
  #first: GrowingBlock | undefined;
  #wake: () => void = () => undefined;

  constructor(cid: CID, offset: number) {
    this.#cid = cid;
    this.#given = offset;
  }

  grew(block: GrowingBlock): void {
    this.#first ??= block;
    this.#block = block;
    this.#wake();
  }

  /** Until `whole` settles. Errors: wrong-bytes, those of `whole`. */
  async *pieces(whole: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
      this.#wake();
    };
    whole.then(over, over);
    for (;;) {
      if (this.#first !== this.#block && this.#given > (this.#first?.start ?? 0)) {
        throw failure("wrong-bytes", "A peer sent wrong bytes of a block", this.#cid.toString());
      }
      const piece = this.#take();
      if (piece !== undefined) yield piece;
      else if (isOver) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #take(): Uint8Array | undefined {
    const block = this.#block;
    if (block === undefined || block.filled <= this.#given) return undefined;
    const piece = block.bytes.slice(this.#given, block.filled);
    this.#given = block.filled;
    return piece;
  }
}
