import type { Connection, PeerId, Stream } from "@libp2p/interface";
import { CID } from "multiformats/cid";
import { isProtocolCid } from "../../core/codec/dag-cbor.ts";
import { ParleyError, reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import type { Refusals } from "../refusals.ts";
import { roomIn } from "./drain.ts";
import type { ContentHost } from "./host.ts";
import type { LocalBlocks } from "./local-blocks.ts";
import {
  CID_BYTES,
  CONTENT_PROTOCOL,
  encodeFrame,
  encodeNumber,
  FRAME,
  FrameReader,
  LENGTH_AT,
  LISTENER_TAKES,
  numberAt,
  REFUSED,
  WANT_BYTES,
} from "./wire.ts";

/** One is in use; another may end or begin beside it. */
const STREAMS_PER_PEER = 3;

interface Request {
  readonly kind: number;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** Gives this device's blocks to peers that ask for them. */
export class ContentServer {
  readonly #libp2p: ContentHost;
  readonly #local: LocalBlocks;
  readonly #refusals: Refusals;
  /** One a stream that is open. */
  readonly #givers = new Set<Giver>();

  constructor(libp2p: ContentHost, local: LocalBlocks, refusals: Refusals) {
    this.#libp2p = libp2p;
    this.#local = local;
    this.#refusals = refusals;
  }

  async start(): Promise<void> {
    await this.#libp2p.handle(CONTENT_PROTOCOL, (stream, connection) => this.#serve(stream, connection), {
      maxInboundStreams: STREAMS_PER_PEER,
      runOnLimitedConnection: true,
    });
  }

  async stop(): Promise<void> {
    await this.#libp2p.unhandle(CONTENT_PROTOCOL);
    for (const giver of this.#givers) giver.stop();
  }

  #serve(stream: Stream, { remotePeer }: Connection): void {
    const giver = new Giver(stream, this.#local);
    this.#givers.add(giver);
    giver
      .run()
      .catch((thrown: unknown) => {
        refuse(this.#refusals, remotePeer, thrown);
        stream.abort(thrown instanceof Error ? thrown : new Error(String(thrown)));
      })
      .finally(() => this.#givers.delete(giver));
  }
}

/** Counts what a peer did wrong; a stream that ends is nobody's fault. */
export function refuse(refusals: Refusals, peer: PeerId, thrown: unknown): void {
  if (thrown instanceof ParleyError && thrown.data.verdict === "REJECT") refusals.add(peer, thrown.data);
}

/** Answers the requests of one stream, one after another: what a peer asks for waits behind what it asked before. */
class Giver {
  readonly #stream: Stream;
  readonly #local: LocalBlocks;
  readonly #stopped = new AbortController();
  readonly #waiting: Request[] = [];
  readonly #cancelled = new Set<number>();
  #wake: () => void = () => undefined;
  #answering: number | undefined;
  #broken: unknown;

  constructor(stream: Stream, local: LocalBlocks) {
    this.#stream = stream;
    this.#local = local;
  }

  /** Answers nothing more. */
  stop(): void {
    this.#stopped.abort();
    this.#wake();
  }

  /** Until the stream ends. Errors: those of a peer that breaks the protocol. */
  async run(): Promise<void> {
    const reader = new FrameReader(LISTENER_TAKES, {
      frame: (kind, id, payload) => this.#take({ kind, id, payload }),
      piece: () => undefined,
    });
    this.#stream.addEventListener("message", ({ data }) => {
      try {
        for (const part of data instanceof Uint8Array ? [data] : data) reader.push(part);
      } catch (thrown) {
        this.#broken = thrown;
      }
      this.#wake();
    });
    const wake = (): void => this.#wake();
    this.#stream.addEventListener("close", wake);
    this.#stream.addEventListener("remoteCloseWrite", wake);
    await this.#answerAll();
  }

  #take(request: Request): void {
    if (request.kind === FRAME.cancel) {
      const at = this.#waiting.findIndex(({ id }) => id === request.id);
      if (at >= 0) {
        this.#waiting.splice(at, 1);
        this.#send(FRAME.refused, request.id, Uint8Array.of(REFUSED.cancelled));
      } else if (this.#answering === request.id) this.#cancelled.add(request.id);
      return;
    }
    if (this.#waiting.length >= LIMITS.contentRequestsQueued) {
      throw reject("too-many-requests", "Too many requests at once", `${LIMITS.contentRequestsQueued}`);
    }
    this.#waiting.push(request);
  }

  async #answerAll(): Promise<void> {
    for (;;) {
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#stopped.signal.aborted || this.#stream.status !== "open") return;
      const request = this.#waiting.shift();
      if (request !== undefined) {
        this.#answering = request.id;
        await (request.kind === FRAME.want ? this.#give(request) : this.#tell(request));
        this.#answering = undefined;
        this.#cancelled.clear();
      } else if (this.#stream.remoteWriteStatus === "closed") {
        await this.#stream.close();
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #tell({ id, payload }: Request): Promise<void> {
    if (payload.length % CID_BYTES !== 0) throw reject("malformed-frame", "A question without whole CIDs");
    const answer = new Uint8Array(payload.length / CID_BYTES);
    for (let index = 0; index < answer.length; index++) {
      const cid = cidAt(payload, index * CID_BYTES);
      answer[index] = (await this.#local.has(cid)) ? 1 : 0;
    }
    await roomIn(this.#stream, this.#stopped.signal);
    this.#send(FRAME.holds, id, answer);
  }

  async #give({ id, payload }: Request): Promise<void> {
    if (payload.length !== WANT_BYTES) throw reject("malformed-frame", "A request of the wrong length");
    const cid = cidAt(payload, 0);
    const offset = numberAt(payload, CID_BYTES);
    const length = numberAt(payload, LENGTH_AT);
    let block: Uint8Array | undefined;
    try {
      block = await this.#local.read(cid);
    } catch {
      // The store is closed or the disk fails: others may have it.
      return this.#send(FRAME.refused, id, Uint8Array.of(REFUSED.unreadable));
    }
    if (block === undefined) return this.#send(FRAME.size, id, encodeNumber(0));
    if (offset >= block.length || length === 0)
      return this.#send(FRAME.refused, id, Uint8Array.of(REFUSED.range));
    this.#send(FRAME.size, id, encodeNumber(block.length));
    await this.#givePieces(id, block, offset, Math.min(block.length, offset + length));
  }

  async #givePieces(id: number, block: Uint8Array, offset: number, end: number): Promise<void> {
    for (let from = offset; from < end; from += LIMITS.contentPieceBytes) {
      await roomIn(this.#stream, this.#stopped.signal);
      if (this.#cancelled.has(id)) return this.#send(FRAME.refused, id, Uint8Array.of(REFUSED.cancelled));
      const piece = block.subarray(from, Math.min(end, from + LIMITS.contentPieceBytes));
      this.#send(FRAME.piece, id, piece);
    }
  }

  #send(kind: number, id: number, payload: Uint8Array): void {
    this.#stream.send(encodeFrame(kind, id, payload));
  }
}

function cidAt(payload: Uint8Array, at: number): CID {
  const bytes = payload.slice(at, at + CID_BYTES);
  try {
    const cid = CID.decode(bytes);
    if (isProtocolCid(cid)) return cid;
  } catch {
    // Said below.
  }
  throw reject("malformed-cid", "Not a CID of this protocol");
}
