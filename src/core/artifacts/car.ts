/**
 * CARv1 (https://ipld.io/specs/transport/car/carv1/): varint(length) ‖ DAG-CBOR {roots, version: 1}, then for each block
 * varint(length) ‖ CID ‖ bytes. One root, CIDs of this protocol only, varints as short as can be: one content, one file.
 * Written and read piece by piece, so that no file has to fit in memory.
 */
import { concatBytes, equalBytes } from "../bytes.ts";
import { CID_PREFIX_BYTES, RAW_CODE } from "../codec/cid-text.ts";
import { cidBytes, cidOf, encodeCbor, parseCid } from "../codec/dag-cbor.ts";
import { type ParleyError, reject } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import type { Cid } from "../primitives.ts";

export interface CarBlock {
  readonly cid: Cid;
  readonly bytes: Uint8Array;
}

const CID_LENGTH = CID_PREFIX_BYTES + 32;
/** Five bytes of varint are 34 bits: more than any block. */
const VARINT_BYTES = 5;

export function carHeader(root: Cid): Uint8Array {
  const header = encodeCbor({ roots: [parseCid(root)], version: 1 });
  return concatBytes(varint(header.length), header);
}

export function carSection({ cid, bytes }: CarBlock): Uint8Array {
  return concatBytes(varint(CID_LENGTH + bytes.length), cidBytes(cid), bytes);
}

/**
 * Reads a file in the pieces in which it comes; every block's hash is checked. Memory: one piece and one block.
 * Errors (REJECT): car-malformed, car-root (of something else), too-large (a block), wrong-hash.
 */
export class CarReader {
  readonly #header: Uint8Array;
  #waiting: Uint8Array = new Uint8Array(0);
  #hasHeader = false;

  constructor(root: Cid) {
    this.#header = carHeader(root);
  }

  /** The blocks that are whole now, in order. */
  *push(piece: Uint8Array): Generator<CarBlock> {
    let rest: Uint8Array = concatBytes(this.#waiting, piece);
    if (!this.#hasHeader && rest.length >= this.#header.length) {
      if (!equalBytes(rest.subarray(0, this.#header.length), this.#header)) {
        throw reject("car-root", "This archive begins otherwise than one of its root");
      }
      this.#hasHeader = true;
      rest = rest.subarray(this.#header.length);
    }
    for (let section = this.#next(rest); section !== undefined; section = this.#next(rest)) {
      rest = rest.subarray(section.end);
      yield section.block;
    }
    this.#waiting = rest.slice();
  }

  /** Throws car-malformed when the file ends inside its header or a block. */
  end(): void {
    if (!this.#hasHeader || this.#waiting.length > 0) throw malformed("the end of a block");
  }

  #next(rest: Uint8Array): { readonly block: CarBlock; readonly end: number } | undefined {
    const length = this.#hasHeader ? readVarint(rest) : undefined;
    if (length === undefined) return undefined;
    if (length.value <= CID_LENGTH) throw malformed(`more than ${CID_LENGTH} bytes`);
    if (length.value > CID_LENGTH + LIMITS.artifactBytes) {
      throw reject("too-large", "A block of this archive is too large", `${LIMITS.artifactBytes} bytes`);
    }
    const end = length.bytes + length.value;
    if (rest.length < end) return undefined;
    const named = rest.subarray(length.bytes, length.bytes + CID_LENGTH);
    const bytes = rest.slice(length.bytes + CID_LENGTH, end);
    const cid = cidOf(bytes, named[1] === RAW_CODE ? "raw" : "dag-cbor");
    if (!equalBytes(cidBytes(cid), named)) {
      throw reject("wrong-hash", "A block of this archive is not what its CID says", undefined, cid);
    }
    return { block: { cid, bytes }, end };
  }
}

function malformed(expected: string): ParleyError {
  return reject("car-malformed", "Not a CARv1 file of one root", expected);
}

/** https://github.com/multiformats/unsigned-varint */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest = rest >>> 7;
  }
  return Uint8Array.of(...bytes, rest);
}

/** Undefined while it is not whole. */
function readVarint(bytes: Uint8Array): { readonly value: number; readonly bytes: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let at = 0; at < VARINT_BYTES; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    if (byte === 0 && at > 0) throw malformed("a length as short as can be");
    return { value, bytes: at + 1 };
  }
  throw malformed("a length");
}
