/**
 * Wire format of /parley/content/1: blocks by CID, in raw pieces. One stream carries any number of requests, and stays
 * open between them. Every frame is a head of nine bytes and a payload:
 *
 *   kind (1) · request (4) · length of the payload (4) · payload          numbers: unsigned, most significant byte first
 *
 *   dialler → listener   want     CID (36) · offset (4) · length (4)   bytes of a block; what lies beyond its end is left out
 *   dialler → listener   have     CIDs (36 each)                       which of these do you hold?
 *   dialler → listener   cancel                                        send no more for this request
 *   listener → dialler   size     bytes of the whole block (4), before the pieces of each want; 0: not held, and the end
 *   listener → dialler   piece    bytes, in order; the request ends with the last byte that it asked for
 *   listener → dialler   holds    one byte a CID: 1 held, 0 not
 *   listener → dialler   refused  why (1); the end of the request
 *
 * The dialler chooses the request's number and uses it once; LIMITS.contentRequestsQueued may wait. It asks for no more than LIMITS.contentWindowBytes ahead:
 * this is the flow control, because a data channel has none for reading. The CID's hash tells whether the bytes are right.
 */
import type { CID } from "multiformats/cid";
import { bigEndian, concatBytes } from "../../core/bytes.ts";
import { reject } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";

export const CONTENT_PROTOCOL = "/parley/content/1";

export const HEAD_BYTES = 9;
export const CID_BYTES = 36;
const NUMBER_BYTES = 4;
/** Of a want: CID, offset, length. */
export const LENGTH_AT = CID_BYTES + NUMBER_BYTES;
export const WANT_BYTES = LENGTH_AT + NUMBER_BYTES;

export const FRAME = { want: 1, have: 2, cancel: 3, size: 17, piece: 18, holds: 19, refused: 20 } as const;

/** Why a giver sends nothing. */
export const REFUSED = { range: 1, cancelled: 2, unreadable: 3 } as const;

/** The longest payload of each kind that a side takes. */
export type Accepted = ReadonlyMap<number, number>;

export const LISTENER_TAKES: Accepted = new Map([
  [FRAME.want, WANT_BYTES],
  [FRAME.have, LIMITS.contentCidsAsked * CID_BYTES],
  [FRAME.cancel, 0],
]);

export const DIALLER_TAKES: Accepted = new Map([
  [FRAME.size, NUMBER_BYTES],
  [FRAME.piece, LIMITS.contentPieceBytes],
  [FRAME.holds, LIMITS.contentCidsAsked],
  [FRAME.refused, 1],
]);

export interface FrameSink {
  /** Any frame but a piece. */
  frame(kind: number, request: number, payload: Uint8Array): void;
  /** A part of a piece, as it came; valid during the call. */
  piece(request: number, bytes: Uint8Array): void;
}

export function encodeFrame(kind: number, request: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEAD_BYTES + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, kind);
  view.setUint32(1, request);
  view.setUint32(1 + NUMBER_BYTES, payload.length);
  frame.set(payload, HEAD_BYTES);
  return frame;
}

export function encodeWant(cid: CID, offset: number, length: number): Uint8Array {
  return concatBytes(cid.bytes, bigEndian(offset, NUMBER_BYTES), bigEndian(length, NUMBER_BYTES));
}

export function encodeNumber(value: number): Uint8Array {
  return bigEndian(value, NUMBER_BYTES);
}

/** The unsigned number at this place. Throws RangeError when the payload is too short. */
export function numberAt(payload: Uint8Array, at: number): number {
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(at);
}

/** Takes a stream's bytes as they come and gives frames; holds back no more than one short payload. */
export class FrameReader {
  readonly #accepted: Accepted;
  readonly #sink: FrameSink;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headBytes = 0;
  #kind = 0;
  #request = 0;
  #left = 0;
  #payload = new Uint8Array(0);

  constructor(accepted: Accepted, sink: FrameSink) {
    this.#accepted = accepted;
    this.#sink = sink;
  }

  /** Throws ParleyError unknown-frame, too-large, and what the sink throws. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      at += this.#headBytes < HEAD_BYTES ? this.#takeHead(bytes, at) : this.#takePayload(bytes, at);
    }
  }

  #takeHead(bytes: Uint8Array, at: number): number {
    const part = bytes.subarray(at, at + HEAD_BYTES - this.#headBytes);
    this.#head.set(part, this.#headBytes);
    this.#headBytes += part.length;
    if (this.#headBytes === HEAD_BYTES) this.#begin();
    return part.length;
  }

  #begin(): void {
    this.#kind = this.#head[0] ?? 0;
    this.#request = numberAt(this.#head, 1);
    this.#left = numberAt(this.#head, 1 + NUMBER_BYTES);
    const longest = this.#accepted.get(this.#kind);
    if (longest === undefined) throw reject("unknown-frame", "No frame of this protocol");
    if (this.#left > longest) {
      throw reject("too-large", "A frame is too large", `${longest} bytes`, `${this.#left} bytes`);
    }
    if (this.#kind !== FRAME.piece) this.#payload = new Uint8Array(this.#left);
    if (this.#left === 0) this.#end();
  }

  #takePayload(bytes: Uint8Array, at: number): number {
    const part = bytes.subarray(at, at + this.#left);
    if (this.#kind === FRAME.piece) this.#sink.piece(this.#request, part);
    else this.#payload.set(part, this.#payload.length - this.#left);
    this.#left -= part.length;
    if (this.#left === 0) this.#end();
    return part.length;
  }

  #end(): void {
    this.#headBytes = 0;
    if (this.#kind !== FRAME.piece) this.#sink.frame(this.#kind, this.#request, this.#payload);
  }
}
