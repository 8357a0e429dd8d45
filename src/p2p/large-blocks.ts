/**
 * Bitswap refuses blocks above 4,193,648 bytes (kubo issue 4473), an artifact may have LIMITS.artifactBytes. The larger
 * ones travel over /parley/block/1:
 *
 *   dialler → listener   the 36 bytes of the CID
 *   listener → dialler   the size as four bytes, most significant first; 0 when the block is not held, or is one for bitswap
 *   listener → dialler   the block in pieces of at most PIECE_BYTES
 *
 * each after its length as an unsigned varint. Helia checks the hash.
 */
import type { PeerId, Stream } from "@libp2p/interface";
import { type LengthPrefixedStream, lpStream } from "@libp2p/utils";
import type { Helia } from "helia";
import { CID } from "multiformats/cid";
import { bigEndian, fromBigEndian } from "../core/bytes.ts";
import { isProtocolCid } from "../core/codec/dag-cbor.ts";
import { failure, reject } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { collect } from "./collect.ts";
import type { ParleyLibp2p } from "./libp2p.ts";
import type { Peers } from "./peers.ts";

const LARGE_BLOCK_PROTOCOL = "/parley/block/1";
const BITSWAP_BLOCK_BYTES = 4_193_648;
const PIECE_BYTES = 256 * 1024;
const SIZE_BYTES = 4;
const STREAMS_PER_PEER = 4;
const ASK_AGAIN_MS = 1_000;
const SILENCE_MS = 30_000;

/** A broker of Helia: it retrieves what bitswap cannot. */
export class LargeBlocks {
  readonly name = "parley-large-blocks";
  readonly #libp2p: ParleyLibp2p;
  readonly #peers: Peers;
  readonly #blocks: Helia["blockstore"];

  constructor(libp2p: ParleyLibp2p, peers: Peers, blocks: Helia["blockstore"]) {
    this.#libp2p = libp2p;
    this.#peers = peers;
    this.#blocks = blocks;
  }

  async start(): Promise<void> {
    await this.#libp2p.handle(
      LARGE_BLOCK_PROTOCOL,
      (stream) => {
        this.#serve(stream).catch((thrown: unknown) => stream.abort(asError(thrown)));
      },
      { maxInboundStreams: STREAMS_PER_PEER, runOnLimitedConnection: true },
    );
  }

  async stop(): Promise<void> {
    await this.#libp2p.unhandle(LARGE_BLOCK_PROTOCOL);
  }

  /** Asks one peer after another until one has it or `signal` ends it. */
  async retrieve(cid: CID, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array> {
    for (;;) {
      for (const peer of this.#peers.connected()) {
        signal?.throwIfAborted();
        const block = await this.#fetch(peer, cid, signal).catch(() => undefined);
        if (block !== undefined) return block;
      }
      await pause(ASK_AGAIN_MS, signal);
    }
  }

  async #fetch(peer: PeerId, cid: CID, signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    const connection = this.#peers.best(peer);
    if (connection === undefined) return undefined;
    const patience = (): { signal: AbortSignal } => ({ signal: withSilence(signal) });
    const stream = await connection.newStream(LARGE_BLOCK_PROTOCOL, {
      runOnLimitedConnection: true,
      ...patience(),
    });
    try {
      const pieces = piecesOf(stream);
      await pieces.write(cid.bytes, patience());
      const size = Number(fromBigEndian((await pieces.read(patience())).subarray()));
      if (size > LIMITS.artifactBytes) throw reject("too-large", "A block beyond the limit");
      const block = size === 0 ? undefined : await readBlock(pieces, size, patience);
      await stream.close(patience());
      return block;
    } catch (thrown) {
      stream.abort(asError(thrown));
      throw thrown;
    }
  }

  async #serve(stream: Stream): Promise<void> {
    const pieces = piecesOf(stream);
    const patience = (): { signal: AbortSignal } => ({ signal: withSilence(undefined) });
    const cid = CID.decode((await pieces.read(patience())).subarray());
    const block = (await this.#isServed(cid))
      ? await collect(this.#blocks.get(cid, { offline: true }))
      : undefined;
    const size = block === undefined || block.length <= BITSWAP_BLOCK_BYTES ? 0 : block.length;
    await pieces.write(bigEndian(size, SIZE_BYTES), patience());
    for (let from = 0; block !== undefined && from < size; from += PIECE_BYTES) {
      await pieces.write(block.subarray(from, from + PIECE_BYTES), patience());
    }
    await stream.close(patience());
  }

  async #isServed(cid: CID): Promise<boolean> {
    return isProtocolCid(cid) && (await this.#blocks.has(cid));
  }
}

async function readBlock(
  pieces: LengthPrefixedStream<Stream>,
  size: number,
  patience: () => { signal: AbortSignal },
): Promise<Uint8Array> {
  const block = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const piece = (await pieces.read(patience())).subarray();
    if (piece.length === 0 || filled + piece.length > size)
      throw reject("bad-piece", "A piece beyond the block");
    block.set(piece, filled);
    filled += piece.length;
  }
  return block;
}

function piecesOf(stream: Stream): LengthPrefixedStream<Stream> {
  return lpStream(stream, { maxDataLength: PIECE_BYTES, maxBufferSize: LIMITS.artifactBytes + PIECE_BYTES });
}

function withSilence(signal: AbortSignal | undefined): AbortSignal {
  const silence = AbortSignal.timeout(SILENCE_MS);
  return signal === undefined ? silence : AbortSignal.any([signal, silence]);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, rejectPause) => {
    const timer = setTimeout(resolve, ms);
    const stop = (): void => {
      clearTimeout(timer);
      rejectPause(failure("aborted", "The fetch was stopped"));
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
